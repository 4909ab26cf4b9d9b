-- Whether a wallet is recharged is decided by a job of its own, recharge-if-low. Those that wait under the old name go; the
-- sweep asks again for every wallet that is low.
SELECT graphile_worker.remove_job(waiting.key)
FROM (SELECT key FROM graphile_worker.jobs WHERE key LIKE 'watch-balance:%:general') AS waiting;
