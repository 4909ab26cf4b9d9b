/**
 * What the ledger should do, as plainly as it can be said: lists in memory, cents as numbers, hours as time. It shares no
 * code with the ledger, so that the two are wrong alike only where the rule was read wrong twice.
 */
import { type Booked, ModelBooks } from './ledger-model-books.ts';
import { ModelLimits, type Period } from './ledger-model-limits.ts';
import {
  CLASSES,
  type Class,
  type Grant,
  type Hold,
  heldBeyond,
  inOrder,
  isOver,
  type Kind,
  leftOf,
  type ModelUsage,
  owed,
  payDebts,
  spendable,
  sum,
  type Wallet,
} from './ledger-model-wallet.ts';

interface Reversal {
  grant: Grant;
  amount: number;
  takes: { grant: Grant; amount: number }[];
  isRestored: boolean;
}

/** A company with the offices `main`, the primary one, and `branch`. Operations answer what the ledger should. */
export class LedgerModel extends ModelBooks {
  readonly #usages = new Map<string, Booked>();
  /** What was told of each usage, the last time last: neither what it cost nor whose it was. */
  readonly #told = new Map<string, string[]>();
  /** Whose last revision is of usage over 35 days old: whatever comes again is a duplicate (R23). */
  readonly #forgotten = new Set<string>();
  readonly #holds = new Map<string, Hold>();
  readonly #limits = new ModelLimits();
  /** What each reversal took, in the order in which it did, and whether it was given back. */
  readonly #reversals = new Map<string, Reversal>();

  grant(kind: Kind, office: string | null, amount: number, from = -Infinity, until = Infinity): Grant {
    return this.addGrant(this.creditWallet(kind, office), { kind, amount, from, until });
  }

  /** A batch: judged in the order given, then drawn calls first, then by time (R7). */
  use(records: readonly { key: string; usage: ModelUsage }[], force = false): string[] {
    const fresh: { booked: Booked; burnAt: number }[] = [];
    const outcomes = records.map(({ key, usage }) => {
      const outcome = this.#judge(key, usage, force);
      if (outcome !== 'posted') return outcome;
      const booked = { ...usage, draws: new Map(), owes: [], refunded: 0 };
      this.#usages.set(key, booked);
      fresh.push({ booked, burnAt: this.burnAt(usage) });
      return outcome;
    });
    const rank = ({ booked }: { booked: Booked }) => CLASSES.indexOf(booked.class);
    const draws = fresh.toSorted(
      (a, b) => rank(a) - rank(b) || a.burnAt - b.burnAt || a.booked.at - b.booked.at,
    );
    for (const { booked } of draws) this.draw(booked, booked.cost);
    return outcomes;
  }

  refund(key: string, amount: number | undefined, keepLapsed: boolean): string {
    const usage = this.#usages.get(key);
    if (usage === undefined) return 'usage-unknown';
    const back = amount ?? usage.cost;
    if (back > usage.cost || back === 0) return 'refund-too-large';
    this.giveBack(usage, back, keepLapsed);
    usage.cost -= back;
    usage.refunded += back;
    if (this.#isOld(usage)) this.#forgotten.add(key);
    return 'posted';
  }

  /** `newer`: the sender says so now, of what it costs before any refund (R8, R23). */
  correct(key: string, told: ModelUsage, newer: boolean): string {
    const usage = this.#usages.get(key);
    if (usage === undefined) return 'usage-unknown';
    const facts = { ...told, cost: newer ? Math.max(told.cost - usage.refunded, 0) : told.cost };
    const isOffTime = facts.at > this.now + 5 / 60 || facts.at < this.now - 35 * 24;
    if (facts.at !== usage.at && isOffTime) return 'usage-time';
    const isMoved =
      this.route(facts).own !== this.route(usage).own ||
      facts.class !== usage.class ||
      this.seesOthers(facts, usage.at);
    const before = isMoved ? 0 : usage.cost;
    if (isMoved) this.giveBack(usage, usage.cost, false);
    else if (facts.cost < before) this.giveBack(usage, before - facts.cost, false);
    Object.assign(usage, facts);
    this.#tell(key, facts);
    if (facts.cost > before) this.draw(usage, facts.cost - before);
    return 'posted';
  }

  /**
   * Takes a credit back: what is left of it and of what was moved of it, then what has lapsed of these, then other general
   * credits, then debt (R16).
   */
  reverse(key: string, grant: Grant | undefined, asked: number | undefined): string {
    if (grant === undefined) return 'grant-unknown';
    const most = grant.amount - grant.reversed;
    const amount = asked ?? most;
    if (amount > most || amount === 0) return 'reversal-too-large';
    grant.reversed += amount;
    const home = this.#homeOf(grant);
    const reversal: Reversal = { grant, amount, takes: [], isRestored: false };
    this.#reversals.set(key, reversal);
    const isOf = (one: Grant | null): boolean => one !== null && (one === grant || isOf(one.origin));
    const line = this.grants.filter(isOf);
    const others = home.grants.filter((one) => one.kind === 'general' && !line.includes(one));
    let rest = amount;
    let lapsed = Math.max(rest - sum(line.map(({ left }) => left)), 0);
    for (const one of inOrder(line)) {
      const counted = Math.min(one.lapsed, lapsed);
      one.lapsed -= counted;
      one.left += counted;
      lapsed -= counted;
    }
    for (const one of [...inOrder(line), ...inOrder(others)]) {
      const taken = Math.min(one.left, rest);
      if (taken === 0) continue;
      this.post(one.wallet);
      one.left -= taken;
      rest -= taken;
      reversal.takes.push({ grant: one, amount: taken });
    }
    if (rest > 0) this.owe(home, classOf(grant), rest);
    return 'posted';
  }

  /** Gives back what a reversal took: to what is owed of its class, then where it took from, the last first (R16). */
  restore(key: string): string {
    const reversal = this.#reversals.get(key);
    if (reversal === undefined) return 'reversal-unknown';
    if (reversal.isRestored) return 'duplicate';
    reversal.isRestored = true;
    const { grant, amount, takes } = reversal;
    const { pool, main } = this.wallets;
    const home = this.#homeOf(grant);
    grant.reversed -= amount;
    let rest = payDebts(home, [classOf(grant)], amount);
    if (rest < amount) this.post(home);
    // Wallet by wallet, in the order in which the reversal came to them.
    const wallets = [...new Set(takes.map((take) => take.grant.wallet))].reverse();
    const backwards = wallets.flatMap((wallet) =>
      takes.filter((take) => take.grant.wallet === wallet).reverse(),
    );
    for (const take of backwards) {
      const { wallet, kind } = take.grant;
      if (kind === 'general' && (wallet === pool) !== this.pooled) continue;
      const back = Math.min(take.amount, rest);
      if (back === 0) continue;
      this.post(wallet);
      rest -= back;
      if (isOver(take.grant, this.now)) take.grant.lapsed += back;
      else take.grant.left += back;
      if (kind === 'general')
        for (const one of inOrder(wallet.grants.filter((other) => other.kind === 'general')))
          one.left = payDebts(wallet, CLASSES, one.left);
      else if (!isOver(take.grant, this.now) && wallet === pool && !this.pooled)
        this.move(take.grant, main, back);
    }
    if (rest > 0) this.addGrant(home, { kind: 'general', amount: rest, from: -Infinity, until: Infinity });
    return 'posted';
  }

  #homeOf({ wallet }: Grant): Wallet {
    const { pool, main } = this.wallets;
    return this.pooled ? pool : wallet === pool ? main : wallet;
  }

  lapse(): number {
    const over = this.grants.filter((grant) => grant.left > 0 && isOver(grant, this.now));
    for (const grant of over) {
      this.post(grant.wallet);
      grant.lapsed += grant.left;
      grant.left = 0;
    }
    return over.length;
  }

  /** Shares credits, or gives `toMain` of the pool's general credits to the primary office and `toBranch` to the other (R5). */
  share(pooled: boolean, toMain: number, toBranch: number): string {
    if (pooled === this.pooled) return 'posted';
    const { pool, main, branch } = this.wallets;
    if (!pooled && toMain + toBranch !== leftOf(pool, 'general')) return 'allocation-mismatch';
    this.pooled = pooled;
    if (pooled) {
      this.moveDebts([main, branch], pool, this.#usages.values());
      const general = [...main.grants, ...branch.grants].filter(({ kind }) => kind === 'general');
      for (const grant of inOrder(general)) this.move(grant, pool, grant.left);
    } else {
      this.moveDebts([pool], main, this.#usages.values());
      for (const grant of inOrder(pool.grants.filter(({ kind }) => kind !== 'general')))
        this.move(grant, main, grant.left);
      this.deal(main, toMain);
      this.deal(branch, toBranch);
    }
    this.#rerouteHolds();
    return 'posted';
  }

  /** Moves general credits from one office to the other, the oldest first, at most what is free. */
  give(from: 'main' | 'branch', amount: number): string {
    if (this.pooled) return 'office-unknown';
    const [giver, receiver] =
      from === 'main' ? [this.wallets.main, this.wallets.branch] : [this.wallets.branch, this.wallets.main];
    const taken = CLASSES.map((of) => owed(giver, of) + heldBeyond(giver, of, this.now));
    if (amount > leftOf(giver, 'general') - sum(taken)) return 'allocation-mismatch';
    let rest = amount;
    for (const grant of inOrder(giver.grants.filter(({ kind }) => kind === 'general'))) {
      const part = Math.min(grant.left, rest);
      rest -= part;
      this.move(grant, receiver, part);
    }
    return 'posted';
  }

  place(key: string, of: Class, office: string | null, amount: number, until: number): string {
    if (this.#holds.has(key)) return 'duplicate';
    const { own, paid } = this.route({ class: of, office });
    if (this.#limits.refuses({ class: of, office }, amount, this.#counted)) return 'spending_limit';
    const room = this.#findConversation(own, paid, of, amount);
    if (room === null) return 'refused';
    const hold: Hold = {
      class: of,
      office,
      state: 'open',
      own: { wallet: own, amount: 0 },
      paid: { wallet: paid, amount: 0 },
      placedAt: this.now,
      until,
    };
    this.#holds.set(key, hold);
    keep(hold, room.own, room.paid);
    return 'posted';
  }

  extend(key: string, amount: number, until: number): string {
    const hold = this.#holds.get(key);
    if (hold === undefined) return 'hold-unknown';
    if (hold.state !== 'open') return 'hold-resolved';
    const more = Math.max(amount - hold.own.amount - hold.paid.amount, 0);
    if (more === 0 && until <= hold.until) return 'duplicate';
    if (more > 0 && this.#limits.refuses(hold, more, this.#counted)) return 'spending_limit';
    const none = { own: 0, paid: 0 };
    const room =
      more === 0 ? none : this.#findConversation(hold.own.wallet, hold.paid.wallet, hold.class, more);
    if (room === null) return 'refused';
    keep(hold, room.own, room.paid);
    hold.until = Math.max(hold.until, until);
    return 'posted';
  }

  release(key: string): string {
    const hold = this.#holds.get(key);
    if (hold === undefined) return 'hold-unknown';
    if (hold.state === 'released') return 'duplicate';
    if (hold.state !== 'open') return 'hold-resolved';
    endHold(hold, 'released');
    return 'posted';
  }

  settle(key: string, usageKey: string, usage: ModelUsage): string {
    const hold = this.#holds.get(key);
    if (hold === undefined) return 'hold-unknown';
    if (hold.state === 'released' || (hold.usage ?? usageKey) !== usageKey) return 'hold-resolved';
    const outcome = this.use([{ key: usageKey, usage }])[0] ?? 'nothing';
    if (outcome === 'posted' || outcome === 'duplicate') {
      endHold(hold, 'settled');
      hold.usage = usageKey;
    }
    return outcome;
  }

  expire(): number {
    const over = [...this.#holds.values()].filter(
      ({ state, until }) => state === 'open' && until <= this.now,
    );
    for (const hold of over) endHold(hold, 'expired');
    return over.length;
  }

  /** Limits what an office may spend in a period, or (undefined) ends that limit. */
  limit(office: string, period: Period, amount: number | undefined): string {
    if (amount === undefined) return this.#limits.end(office, period) ? 'ended' : 'not-in-force';
    this.#limits.set({ office, period, amount });
    return 'set';
  }

  limits(): string[] {
    return this.#limits.figures(this.#counted);
  }

  get #counted() {
    return { usages: [...this.#usages.values()], holds: [...this.#holds.values()], now: this.now };
  }

  /** How many usages are booked and what they cost, per office and class. */
  totals(): string[] {
    const lines = ['main', 'branch'].flatMap((office) =>
      CLASSES.map((of) => {
        const some = [...this.#usages.values()].filter(
          (one) => (one.office ?? 'main') === office && one.class === of,
        );
        return { line: `${office} ${of} ${some.length} ${sum(some.map(({ cost }) => cost))}`, some };
      }),
    );
    return lines.filter(({ some }) => some.length > 0).map(({ line }) => line);
  }

  #judge(key: string, usage: ModelUsage, force: boolean): string {
    if (!force && usage.at > this.now + 5 / 60) return 'future';
    if (this.#forgotten.has(key)) return 'duplicate';
    if (!force && this.#isOld(usage)) return 'too-old';
    const told = this.#told.get(key);
    if (told !== undefined) return told.includes(tell(usage)) ? 'duplicate' : 'conflict';
    this.#tell(key, usage);
    return 'posted';
  }

  #isOld = ({ at }: ModelUsage): boolean => at < this.now - 35 * 24;

  #tell(key: string, usage: ModelUsage): void {
    const isOld = this.#isOld(usage);
    this.#told.set(key, [...(this.#told.get(key) ?? []), ...(isOld ? [] : [tell(usage)])]);
    if (isOld) this.#forgotten.add(key);
    else this.#forgotten.delete(key);
  }

  #findConversation(
    own: Wallet,
    paid: Wallet,
    of: Class,
    amount: number,
  ): { own: number; paid: number } | null {
    const ownPart = this.#ownPart(own, paid, of, amount);
    const isEnough = amount - ownPart <= Math.max(this.behind(paid, of), 0);
    return isEnough ? { own: ownPart, paid: amount - ownPart } : null;
  }

  /** What of a hold an office's own bundle keeps while the pool stands behind it. */
  #ownPart(own: Wallet, paid: Wallet, of: Class, amount: number): number {
    return own === paid ? 0 : Math.min(amount, Math.max(spendable(own, of, this.now), 0));
  }

  /** Open holds follow the credits, the oldest first: each on its office's own bundle as far as that goes. */
  #rerouteHolds(): void {
    const open = [...this.#holds].filter(([, { state }]) => state === 'open');
    const amounts = new Map(open.map(([key, { own, paid }]) => [key, own.amount + paid.amount]));
    for (const [, hold] of open) keep(hold, -hold.own.amount, -hold.paid.amount);
    const byAge = open.toSorted(([a, one], [b, other]) => one.placedAt - other.placedAt || (a < b ? -1 : 1));
    for (const [key, hold] of byAge) {
      const { own, paid } = this.route(hold);
      const amount = amounts.get(key) ?? 0;
      const ownPart = this.#ownPart(own, paid, hold.class, amount);
      hold.own.wallet = own;
      hold.paid.wallet = paid;
      keep(hold, ownPart, amount - ownPart);
    }
  }
}

/** What a usage's sender tells of it. */
function tell({ class: of, at }: ModelUsage): string {
  return `${of} ${at}`;
}

function classOf({ kind }: Grant): Class {
  return kind === 'ai' ? 'ai' : 'calls';
}

/** Adds to what a hold keeps back. */
function keep(hold: Hold, ownPart: number, paidPart: number): void {
  hold.own.amount += ownPart;
  hold.own.wallet.held[hold.class] += ownPart;
  hold.paid.amount += paidPart;
  hold.paid.wallet.held[hold.class] += paidPart;
}

function endHold(hold: Hold, state: Hold['state']): void {
  if (hold.state === 'open') {
    hold.own.wallet.held[hold.class] -= hold.own.amount;
    hold.paid.wallet.held[hold.class] -= hold.paid.amount;
  }
  hold.state = state;
}
