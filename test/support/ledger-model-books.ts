import {
  bundleOf,
  CLASSES,
  type Class,
  emptyWallet,
  type Grant,
  inOrder,
  isInForce,
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

/** A usage and what each grant gave for it; `last` orders grants by when they last gave. */
export interface Booked extends ModelUsage {
  draws: Map<Grant, { amount: number; last: number }>;
  refunded: number;
  /** What it made of debt, and (negative) gave back to debt: by the wallet on which that debt stands now. */
  owes: { wallet: Wallet; class: Class; amount: number; isMoved: boolean }[];
}

/** The wallets of the model's company, and the rules by which credits come, go and come back. */
export class ModelBooks {
  pooled: boolean;
  now = 0;
  /** As they were made. */
  readonly grants: Grant[] = [];
  protected readonly wallets = { pool: emptyWallet(), main: emptyWallet(), branch: emptyWallet() };
  #draws = 0;

  constructor(pooled: boolean) {
    this.pooled = pooled;
  }

  /** The figures of every wallet, in cents. */
  figures(): Record<string, Record<string, number>> {
    const { pool, main, branch } = this.wallets;
    const of = (wallet: Wallet) => ({
      general: leftOf(wallet, 'general'),
      calling: leftOf(wallet, 'calling'),
      ai: leftOf(wallet, 'ai'),
      owesCalls: owed(wallet, 'calls'),
      owesAi: owed(wallet, 'ai'),
      heldCalls: wallet.held.calls,
      heldAi: wallet.held.ai,
      availableCalls: this.#available(wallet, 'calls'),
      // AI is the primary office's, whoever asks.
      availableAi: wallet === pool && !this.pooled ? this.behind(pool, 'ai') : this.#available(main, 'ai'),
    });
    return { pool: of(pool), main: of(main), branch: of(branch) };
  }

  /** What a class can spend of the credits that pay it last: the pool's, or an office's where they are not shared. */
  protected behind(paid: Wallet, of: Class): number {
    const { pool, main, branch } = this.wallets;
    return spendable(paid, of, this.now, paid === pool && this.pooled ? [main, branch] : []);
  }

  #available(own: Wallet, of: Class): number {
    const { pool } = this.wallets;
    if (!this.pooled || own === pool) return this.behind(own, of);
    return Math.max(spendable(own, of, this.now), 0) + this.behind(pool, of);
  }

  protected creditWallet(kind: Kind, office: string | null): Wallet {
    const { pool, main, branch } = this.wallets;
    if (kind === 'ai') return main;
    if (this.pooled && (kind === 'general' || office === null)) return pool;
    return office === 'branch' ? branch : main;
  }

  /** Whose bundle pays first, and who pays the rest (R5). */
  protected route({ class: of, office }: Pick<ModelUsage, 'class' | 'office'>): {
    own: Wallet;
    paid: Wallet;
  } {
    const own = of === 'calls' && office === 'branch' ? this.wallets.branch : this.wallets.main;
    return { own, paid: this.pooled ? this.wallets.pool : own };
  }

  protected addGrant(
    wallet: Wallet,
    { kind, amount, from, until }: Pick<Grant, 'kind' | 'amount' | 'from' | 'until'>,
    origin: Grant | null = null,
  ): Grant {
    const classes = CLASSES.filter((of) => kind === 'general' || kind === bundleOf(of));
    this.post(wallet);
    const own = payDebts(wallet, classes, amount);
    // While credits are shared, what AI owes stands on the pool.
    const left = kind === 'ai' && this.pooled ? payDebts(this.wallets.pool, ['ai'], own) : own;
    if (left < own) this.post(this.wallets.pool);
    const made = {
      wallet,
      kind,
      amount,
      left,
      from,
      until,
      origin,
      madeAt: this.now,
      reversed: 0,
      lapsed: 0,
    };
    const grant = { ...made, id: this.grants.length };
    this.grants.push(grant);
    wallet.grants.push(grant);
    return grant;
  }

  protected move(grant: Grant, to: Wallet, amount: number): void {
    if (amount === 0) return;
    this.post(grant.wallet);
    grant.left -= amount;
    this.addGrant(to, { ...grant, amount }, grant);
  }

  protected deal(to: Wallet, amount: number): void {
    let rest = amount;
    for (const grant of inOrder(this.wallets.pool.grants.filter(({ kind }) => kind === 'general'))) {
      const share = Math.min(grant.left, rest);
      rest -= share;
      this.move(grant, to, share);
    }
  }

  /** Usage of a bundle's time that comes after its grace draws what is in force now (R7). */
  protected burnAt({ at, ...where }: ModelUsage): number {
    const { own, paid } = this.route(where);
    const isLate = [...own.grants, ...paid.grants].some(
      (grant) => grant.kind === bundleOf(where.class) && isInForce(grant, at) && isOver(grant, this.now),
    );
    return isLate ? this.now : at;
  }

  /** True where a usage would draw from other bundles than at another time (R8). */
  protected seesOthers({ at, ...where }: ModelUsage, other: number): boolean {
    const { own, paid } = this.route(where);
    return [...own.grants, ...paid.grants].some(
      (grant) => grant.kind === bundleOf(where.class) && isInForce(grant, at) !== isInForce(grant, other),
    );
  }

  protected draw(usage: Booked, amount: number): void {
    const { own, paid } = this.route(usage);
    const kind = bundleOf(usage.class);
    const at = this.burnAt(usage);
    const pick = (wallet: Wallet, of: Kind) =>
      inOrder(wallet.grants.filter((grant) => grant.kind === of && isInForce(grant, at)));
    const order = [...(own === paid ? [] : pick(own, kind)), ...pick(paid, kind), ...pick(paid, 'general')];
    let rest = amount;
    for (const grant of order) {
      const drawn = Math.min(grant.left, rest);
      if (drawn === 0) continue;
      this.post(grant.wallet);
      grant.left -= drawn;
      rest -= drawn;
      this.#draws += 1;
      usage.draws.set(grant, { amount: (usage.draws.get(grant)?.amount ?? 0) + drawn, last: this.#draws });
    }
    if (rest === 0) return;
    this.owe(paid, usage.class, rest);
    usage.owes.push({ wallet: paid, class: usage.class, amount: rest, isMoved: false });
  }

  /**
   * First debt: of the class where the usage is paid from, then what it owed that has come to the primary office. Then what
   * it drew from, the pool's before the office's own bundle; a bundle of the pool is the primary office's where nothing is
   * shared. The rest was debt once, or general credits that are elsewhere now.
   */
  protected giveBack(usage: Booked, amount: number, keepLapsed: boolean): void {
    const { own, paid } = this.route(usage);
    const { pool, main } = this.wallets;
    let rest = amount - this.#repay(usage, paid, amount);
    if (!this.pooled && paid !== main) rest -= this.#repay(usage, main, Math.min(rest, debtGot(usage, main)));
    const isOpenTo = ({ wallet, kind }: Grant) =>
      wallet === paid || (kind !== 'general' && (wallet === own || wallet === pool));
    const drawn = [...usage.draws]
      .filter(([grant]) => isOpenTo(grant))
      .sort(([, a], [, b]) => b.last - a.last);
    const fromPool = drawn.filter(([{ wallet }]) => wallet === pool);
    const backs: { grant: Grant; back: number }[] = [];
    for (const [grant, draw] of [...fromPool, ...drawn.filter(([{ wallet }]) => wallet !== pool)]) {
      if (keepLapsed && isOver(grant, this.now)) continue;
      const back = Math.min(draw.amount, rest);
      if (back === 0) continue;
      this.post(grant.wallet);
      draw.amount -= back;
      rest -= back;
      if (isOver(grant, this.now)) {
        grant.lapsed += back;
        continue;
      }
      grant.left += back;
      backs.push({ grant, back });
    }
    for (const grant of inOrder(paid.grants.filter(({ kind }) => kind === 'general')))
      grant.left = payDebts(paid, CLASSES, grant.left);
    if (rest > 0) this.addGrant(paid, { kind: 'general', amount: rest, from: -Infinity, until: Infinity });
    for (const { grant, back } of backs)
      if (!this.pooled && grant.wallet === pool) this.move(grant, main, back);
  }

  /** Moves all that wallets owe, the oldest first; what usages owe stands there with it. */
  protected moveDebts(from: readonly Wallet[], to: Wallet, usages: Iterable<Booked>): void {
    const isOwed = (wallet: Wallet, of: Class) => from.includes(wallet) && owed(wallet, of) > 0;
    for (const { owes } of usages)
      for (const one of owes)
        if (isOwed(one.wallet, one.class)) Object.assign(one, { wallet: to, isMoved: true });
    const debts = from.flatMap((wallet) => wallet.debts).filter(({ amount }) => amount > 0);
    for (const wallet of from) {
      if (wallet.debts.some(({ amount }) => amount > 0)) this.post(wallet);
      wallet.debts = [];
    }
    for (const debt of debts.toSorted((a, b) => a.madeAt - b.madeAt)) this.owe(to, debt.class, debt.amount);
  }

  protected owe(wallet: Wallet, of: Class, amount: number): void {
    this.post(wallet);
    wallet.debts.push({ class: of, amount, madeAt: wallet.postedAt });
  }

  protected post(wallet: Wallet): void {
    wallet.postedAt = Math.max(wallet.postedAt, this.now);
  }

  /** Gives so much of a usage back to its class's debt in a wallet; answers how much that was. */
  #repay(usage: Booked, wallet: Wallet, amount: number): number {
    const paid = Math.min(Math.max(amount, 0), owed(wallet, usage.class));
    if (paid === 0) return 0;
    this.post(wallet);
    payDebts(wallet, [usage.class], paid);
    usage.owes.push({ wallet, class: usage.class, amount: -paid, isMoved: false });
    return paid;
  }
}

/** What of a usage's debt came to a wallet from another, less what it gave back there. */
function debtGot({ class: of, owes }: Booked, wallet: Wallet): number {
  const there = owes.filter((one) => one.wallet === wallet && one.class === of);
  return sum(there.filter(({ isMoved, amount }) => isMoved || amount < 0).map(({ amount }) => amount));
}
