/**
 * What the ledger should do, as plainly as it can be said: lists in memory, cents as numbers, hours as time. It shares no
 * code with the ledger, so that the two are wrong alike only where the rule was read wrong twice.
 */
type Kind = 'general' | 'calling' | 'ai';
type Class = 'calls' | 'ai';

interface Grant {
  wallet: Wallet;
  kind: Kind;
  left: number;
  from: number;
  until: number;
  created: number;
}

interface Wallet {
  grants: Grant[];
  /** The oldest first. */
  debts: { class: Class; amount: number }[];
  held: Record<Class, number>;
}

export interface ModelUsage {
  office: string | null;
  class: Class;
  at: number;
  cost: number;
}

/** A usage and what each grant gave for it; `last` orders grants by when they last gave. */
interface Booked extends ModelUsage {
  draws: Map<Grant, { amount: number; last: number }>;
}

interface Hold {
  class: Class;
  state: 'open' | 'released' | 'settled' | 'expired';
  parts: { wallet: Wallet; amount: number }[];
  until: number;
}

const GRACE = 6;
const bundleOf = (of: Class): Kind => (of === 'ai' ? 'ai' : 'calling');
const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);

/** A company with the offices `main`, the primary one, and `branch`. Operations answer what the ledger should. */
export class LedgerModel {
  readonly pooled: boolean;
  now = 0;
  readonly #wallets = { pool: emptyWallet(), main: emptyWallet(), branch: emptyWallet() };
  readonly #usages = new Map<string, Booked>();
  readonly #facts = new Map<string, string>();
  readonly #holds = new Map<string, Hold>();
  #draws = 0;

  constructor(pooled: boolean) {
    this.pooled = pooled;
  }

  grant(kind: Kind, office: string | null, amount: number, from = -Infinity, until = Infinity): void {
    this.#addGrant(this.#creditWallet(kind, office), kind, amount, from, until);
  }

  use(key: string, usage: ModelUsage): string {
    if (usage.at > this.now + 5 / 60) return 'future';
    if (usage.at < this.now - 35 * 24) return 'too-old';
    const { cost, ...facts } = usage;
    const known = this.#facts.get(key);
    if (known !== undefined) return known === JSON.stringify(facts) ? 'duplicate' : 'conflict';
    this.#facts.set(key, JSON.stringify(facts));
    const booked = { ...usage, draws: new Map() };
    this.#usages.set(key, booked);
    this.#draw(booked, cost);
    return 'posted';
  }

  refund(key: string, amount: number | undefined): string {
    const usage = this.#usages.get(key);
    if (usage === undefined) return 'usage-unknown';
    const back = amount ?? usage.cost;
    if (back > usage.cost || back === 0) return 'refund-too-large';
    this.#giveBack(usage, back);
    usage.cost -= back;
    return 'posted';
  }

  correct(key: string, facts: ModelUsage): string {
    const usage = this.#usages.get(key);
    if (usage === undefined) return 'usage-unknown';
    const { own } = this.#route(usage);
    const isMoved = this.#route(facts).own !== own || facts.class !== usage.class;
    const before = isMoved ? 0 : usage.cost;
    if (isMoved) this.#giveBack(usage, usage.cost);
    else if (facts.cost < before) this.#giveBack(usage, before - facts.cost);
    Object.assign(usage, facts);
    if (facts.cost > before) this.#draw(usage, facts.cost - before);
    return 'posted';
  }

  lapse(): number {
    const over = this.#grants().filter(({ until, left }) => left > 0 && until + GRACE <= this.now);
    for (const grant of over) grant.left = 0;
    return over.length;
  }

  place(key: string, of: Class, office: string | null, amount: number, until: number): string {
    if (this.#holds.has(key)) return 'duplicate';
    const { own, paid } = this.#route({ class: of, office });
    const ownPart = own === paid ? 0 : Math.min(amount, Math.max(this.#spendable(own, of), 0));
    if (amount - ownPart > Math.max(this.#spendable(paid, of), 0)) return 'refused';
    const parts = [
      { wallet: own, amount: ownPart },
      { wallet: paid, amount: amount - ownPart },
    ];
    this.#holds.set(key, { class: of, state: 'open', parts, until });
    for (const part of parts) part.wallet.held[of] += part.amount;
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

  /** Settles by a usage that has the hold's key. */
  settle(key: string, usage: ModelUsage): string {
    const hold = this.#holds.get(key);
    if (hold === undefined) return 'hold-unknown';
    if (hold.state === 'released') return 'hold-resolved';
    const outcome = this.use(key, usage);
    if (outcome === 'posted' || outcome === 'duplicate') endHold(hold, 'settled');
    return outcome;
  }

  expire(): number {
    const over = [...this.#holds.values()].filter(
      ({ state, until }) => state === 'open' && until <= this.now,
    );
    for (const hold of over) endHold(hold, 'expired');
    return over.length;
  }

  /** The figures of every wallet, in cents. */
  figures(): Record<string, Record<string, number>> {
    const of = (wallet: Wallet) => ({
      general: leftOf(wallet, 'general'),
      calling: leftOf(wallet, 'calling'),
      ai: leftOf(wallet, 'ai'),
      owesCalls: owed(wallet, 'calls'),
      owesAi: owed(wallet, 'ai'),
      heldCalls: wallet.held.calls,
      heldAi: wallet.held.ai,
    });
    const { pool, main, branch } = this.#wallets;
    return { pool: of(pool), main: of(main), branch: of(branch) };
  }

  /** What is left of each grant, in the order in which they were made. */
  left(): number[] {
    return this.#grants().map(({ left }) => left);
  }

  #grants(): Grant[] {
    return Object.values(this.#wallets)
      .flatMap(({ grants }) => grants)
      .sort((a, b) => a.created - b.created);
  }

  #creditWallet(kind: Kind, office: string | null): Wallet {
    const { pool, main, branch } = this.#wallets;
    if (kind === 'ai') return main;
    if (this.pooled && (kind === 'general' || office === null)) return pool;
    return office === 'branch' ? branch : main;
  }

  /** Whose bundle pays first, and who pays the rest (R5). */
  #route({ class: of, office }: Pick<ModelUsage, 'class' | 'office'>): { own: Wallet; paid: Wallet } {
    const own = of === 'calls' && office === 'branch' ? this.#wallets.branch : this.#wallets.main;
    return { own, paid: this.pooled ? this.#wallets.pool : own };
  }

  #addGrant(wallet: Wallet, kind: Kind, amount: number, from: number, until: number): void {
    this.#draws += 1;
    const grant = { wallet, kind, left: amount, from, until, created: this.#draws };
    wallet.grants.push(grant);
    for (const debt of wallet.debts) {
      if (kind !== 'general' && kind !== bundleOf(debt.class)) continue;
      const filled = Math.min(debt.amount, grant.left);
      debt.amount -= filled;
      grant.left -= filled;
    }
  }

  #draw(usage: Booked, amount: number): void {
    const { own, paid } = this.#route(usage);
    const kind = bundleOf(usage.class);
    const isLate = [...own.grants, ...paid.grants].some(
      (grant) => grant.kind === kind && isInForce(grant, usage.at) && grant.until + GRACE <= this.now,
    );
    const at = isLate ? this.now : usage.at;
    const pick = (wallet: Wallet, of: Kind) =>
      wallet.grants
        .filter((grant) => grant.kind === of && isInForce(grant, at))
        .sort((a, b) => (a.until === b.until ? a.created - b.created : a.until - b.until));
    const order = [...(own === paid ? [] : pick(own, kind)), ...pick(paid, kind), ...pick(paid, 'general')];
    let rest = amount;
    for (const grant of order) {
      const drawn = Math.min(grant.left, rest);
      if (drawn === 0) continue;
      grant.left -= drawn;
      rest -= drawn;
      this.#draws += 1;
      usage.draws.set(grant, { amount: (usage.draws.get(grant)?.amount ?? 0) + drawn, last: this.#draws });
    }
    if (rest > 0) paid.debts.push({ class: usage.class, amount: rest });
  }

  #giveBack(usage: Booked, amount: number): void {
    const { own, paid } = this.#route(usage);
    let rest = amount;
    for (const debt of paid.debts.filter((one) => one.class === usage.class)) {
      const less = Math.min(debt.amount, rest);
      debt.amount -= less;
      rest -= less;
    }
    const drawn = [...usage.draws].sort(([, a], [, b]) => b.last - a.last);
    const fromPaid = drawn.filter(([grant]) => grant.wallet === paid);
    const fromOwn = drawn.filter(
      ([grant]) => own !== paid && grant.wallet === own && grant.kind !== 'general',
    );
    for (const [grant, draw] of [...fromPaid, ...fromOwn]) {
      const back = Math.min(draw.amount, rest);
      draw.amount -= back;
      rest -= back;
      if (grant.until + GRACE > this.now) grant.left += back;
    }
    if (rest > 0) this.#addGrant(paid, 'general', rest, -Infinity, Infinity);
  }

  #spendable(wallet: Wallet, of: Class): number {
    const other: Class = of === 'ai' ? 'calls' : 'ai';
    const inForce = wallet.grants.filter((grant) => isInForce(grant, this.now));
    const credits = sum(
      inForce.filter(({ kind }) => kind === 'general' || kind === bundleOf(of)).map(({ left }) => left),
    );
    const heldOfGeneral = Math.max(wallet.held[other] - leftOf(wallet, bundleOf(other)), 0);
    return credits - owed(wallet, of) - wallet.held[of] - heldOfGeneral;
  }
}

function emptyWallet(): Wallet {
  return { grants: [], debts: [], held: { calls: 0, ai: 0 } };
}

function isInForce({ from, until }: Grant, at: number): boolean {
  return from <= at && at < until;
}

function leftOf({ grants }: Wallet, kind: Kind): number {
  return sum(grants.filter((grant) => grant.kind === kind).map(({ left }) => left));
}

function owed({ debts }: Wallet, of: Class): number {
  return sum(debts.filter((debt) => debt.class === of).map(({ amount }) => amount));
}

function endHold(hold: Hold, state: Hold['state']): void {
  if (hold.state === 'open') for (const part of hold.parts) part.wallet.held[hold.class] -= part.amount;
  hold.state = state;
}
