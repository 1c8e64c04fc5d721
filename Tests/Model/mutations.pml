/* The guards of the protocol. pan breaks the one whose number is in the environment variable BREAK; where INTACT is
 * defined there is nothing to break. mutations.txt names them for scripts/model.sh, with what must be noticed.
 */
#ifdef INTACT
#define BROKEN(n) false
#define BROKEN_STATE_CLAUSE false
#else
byte broken;
#define BROKEN(n) (broken == (n))
#define BROKEN_STATE_CLAUSE (broken < 60 && broken % 10 == STATE)
#endif
c_decl {
  static int setting(const char *name, int otherwise) { return getenv(name) ? atoi(getenv(name)) : otherwise; }
}
inline choose_scenario() {
  c_code {
    now.asks = setting("ENQUEUES", 1); now.cancels = setting("CANCELS", 0); now.retriers = setting("RETRIERS", 0);
    now.returns = setting("RETURNS", 0); now.faults = setting("FAULTS", 1); now.poison = setting("POISON", 0);
    now.earlier = setting("EARLIER", 0); now.samePod = setting("SAME_POD", 0);
  };
#ifndef INTACT
  c_code { now.broken = setting("BREAK", 0); }
#endif
}
#define GUARD(n, clause) (BROKEN(n) || (clause))

/* Every fenced statement, and what it tests: n + ATTEMPT is the statement n without its test of the attempt. */
#define RENEW    10
#define PROGRESS 20
#define COMPLETE 30
#define FAIL     40
#define RETURN   50
#define ATTEMPT 1
#define OWNER   2
#define STATE   3    /* and the end of a job leaves the owner: a null owner alone would stop the writer as well */
#define LOCK    4    /* it tests what was, and does not lock what is */

#define COMPLETE_ONE_TRANSACTION 60
#define COMPLETE_ARTIFACT        61
#define COMPLETE_FINGERPRINT     62
#define FAIL_MAX                 63
#define RETURN_MAX               64
#define QUEUED_NULLS             65
#define NEXT_STARTED             66

#define CLAIM_EXPIRED  70
#define CLAIM_LOCK     71
#define CLAIM_ATTEMPT  72
#define CLAIM_LOST     74
#define CLAIM_LOST_MAX 75
#define CLAIM_CAP      76
#define CLAIM_CLOSES   77

#define POISON_LEASE 80
#define POISON_LOCK  81
#define POISON_SWEEP 82
#define DEADLINE     84

#define ENQUEUE_LOCK       90
#define ENQUEUE_UNIQUE     91
#define CANCEL_STATE       92
#define CANCEL_LOCK        93
#define RETRY_STATE        94
#define RETRY_FINGERPRINT  95
#define RETRY_JOB          96
#define RETRY_SEEN_ATTEMPT 97
#define RETRY_MAX          98
#define RETRY_ATTEMPT      99

#define KEY_CHECKSUM  110
#define CACHE_HEAD    111
#define UPLOAD_FIRST  112
