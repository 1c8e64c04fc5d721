/* The life of the jobs of one bundle, small enough to look at every order in which things can happen.
 *
 * An atomic block is one SQL statement or one transaction of Sources/BundleStore, of the same name (README.md has the
 * table). Between two blocks everybody else may do anything; a pod that is slow, stopped by a signal or cut off is a
 * process that takes its next step late. Claimed is what Monitor and holds() say, and everyJobEnds.
 *
 *   lease.pml        what is stored, and the statements
 *   actors.pml       who executes them, and when
 *   mutations.pml    the guards that can be broken, by number; GUARD(n, clause) is true when n is broken
 */
#include "mutations.pml"

#define JOBS 2
#define MAX 2        /* attempts of a job by itself; the programs' default is 3 */
#define CAP 3        /* attempts after which a lost one is not followed by another; the programs' default is 10 */

/* Named in front of each assertion, so that pan says which claim failed. Always false. */
hidden byte oneWriter, oneWorker, terminalIsFinal, attemptsGrow, attemptsClosed, oneActiveJob, wishKept, claimable,
            statusIsJob, noMixedRow, completedIsFetchable, artifactIsObject, linkServesPromise, retriedAsSeen;
#define holds(property, condition) assert(property || (condition))

mtype = { absent, queued, running, completed, failed, cancelled };

typedef Job {          /* example_bundle_jobs, and what the claims need to know (ghosts: nobody decides by them) */
  mtype state = absent;
  byte attempt;
  byte max;
  byte owner;          /* 0: null */
  bool lease;          /* lease_until >= now() by the database's clock */
  bool next;           /* next_options is not null */
  byte open;           /* example_bundle_attempts: a bit for each attempt without outcome */
  byte holder;         /* ghost: the worker whose writes count, 0: nobody's */
  byte top             /* ghost: the highest attempt ever handed out */
};
typedef Status { mtype state = absent; byte fp; byte sum; byte job; byte attempt };   /* example_bundle_status */

Job job[JOBS];
byte jobs;             /* how many rows there are */
Status st;
byte art[3];           /* example_bundle_artifacts by fingerprint: the checksum, 0: no row. Its key is KEY() */
byte obj[4];           /* the object store by key: the checksum of the bytes that are there, 0: missing */
byte promised[4];      /* ghost: what a link that was issued for a published row promised. At the moment of publication,
                          because that is the earliest: any later link of the row promises the same */
bool gone;             /* ghost: the object of a row was lost before the story begins */
bool samePod;          /* both workers belong to one process and so share an owner */
byte works[3];         /* what a worker believes to hold: job + 1, or 0 */
bool excused[3];       /* ghost: stopped, cut off or overruled by a person: may be at work on what it lost */
byte undoable;         /* the last transaction was the claim of this job + 1 is so new that a failover may lose it */
/* How often each thing may happen: the scenario, from the environment (scripts/model.sh). */
byte asks, cancels, retriers, returns;
byte faults;           /* crashes, stalls, deadlines passed and failovers, together */
bool poison;           /* the bundle kills whatever pod touches it, without end */
bool earlier;          /* earlier jobs may have left an artifact */

#define ACTIVE(j)   (job[j].state == queued || job[j].state == running)
#define TERMINAL(j) (job[j].state == completed || job[j].state == failed || job[j].state == cancelled)
#define EXPIRED(j)  (job[j].state == running && !job[j].lease)
#define KEY(f, s)   (2 * (f) - 2 + (BROKEN(KEY_CHECKSUM) -> 0 : (s) - 1))
#define OBJECT_IS(f, s) (obj[KEY(f, s)] == (s))
/* Somebody who can help it is at work on it. */
#define WORKED_ON(n) ((works[1] == n + 1 && !excused[1]) || (works[2] == n + 1 && !excused[2]))
#define SHOWN(j)    (job[j].state == cancelled -> failed : job[j].state)

/* What must be true whenever a statement has ended: looked at in every state, in one place. */
proctype Monitor() {
end:
  do
  :: !((promised[0] == 0 || promised[0] == obj[0]) && (promised[1] == 0 || promised[1] == obj[1])
       && (promised[2] == 0 || promised[2] == obj[2]) && (promised[3] == 0 || promised[3] == obj[3])) ->
     assert(linkServesPromise)
  :: !(!(ACTIVE(0) && ACTIVE(1))) ->
     assert(oneActiveJob)
  :: !(!(TERMINAL(0) && job[0].next)) ->
     assert(wishKept)
  :: !(!(job[0].state == queued && job[0].attempt >= job[0].max)
       && !(job[1].state == queued && job[1].attempt >= job[1].max)) ->
     assert(claimable)
  :: !(job[0].open == (job[0].state == running -> 1 << job[0].attempt : 0)
       && job[1].open == (job[1].state == running -> 1 << job[1].attempt : 0)) ->
     assert(attemptsClosed)
  :: !(jobs == 0 || (st.job == jobs - 1 && st.state == SHOWN(st.job)
       && st.attempt == job[st.job].attempt + (st.state == queued -> 1 : 0))) ->
     assert(statusIsJob)
  :: !((st.state == completed -> st.sum != 0 && art[st.fp] == st.sum : st.sum == 0)) ->
     assert(noMixedRow)
  :: !(st.state != completed || (st.sum != 0 && OBJECT_IS(st.fp, st.sum))) ->
     assert(completedIsFetchable)
  :: !((art[1] == 0 || gone || OBJECT_IS(1, art[1])) && (art[2] == 0 || OBJECT_IS(2, art[2]))) ->
     assert(artifactIsObject)
  od
}

/* Parts of statements */

inline bundletop_show_queued(id) {
  st.state = queued; st.job = id; st.attempt = job[id].attempt + 1;
  if :: BROKEN(QUEUED_NULLS) :: else -> st.sum = 0 fi
}

inline bundletop_show_failed(id) {
  st.state = failed; st.job = id; st.attempt = job[id].attempt; st.sum = 0
}

inline insert_job() {
  /* What nobody reads any more of the job before this one; fewer states. */
  if :: jobs > 0 && !BROKEN_STATE_CLAUSE -> job[0].attempt = 0; job[0].max = 0; job[0].top = 0 :: else fi;
  job[jobs].state = queued; job[jobs].max = MAX; jobs++;
  bundletop_show_queued(jobs - 1)
}

inline bundletop_start_next(id) {
  if
  :: job[id].next && !BROKEN(NEXT_STARTED) -> job[id].next = false; insert_job()
  :: else
  fi
}

/* A job that waits again looks at its sources anew: a wish behind it is one with it, unless of other sources. */
inline bundletop_absorb_next(id) {
  if
  :: job[id].next = false
  :: job[id].next        /* another descriptor: still waits */
  fi
}

/* Ends an attempt: every way in which a job stops running. */
inline leave_running(id, ended) {
  job[id].state = ended; job[id].lease = false; job[id].holder = 0;
  job[id].open = job[id].open & ~(1 << job[id].attempt);
  if :: BROKEN_STATE_CLAUSE :: else -> job[id].owner = 0 fi;
  undoable = 0
}

/* Statements of an attempt. They see the worker's own me, own (owner), j (job), attempt, fp and sum, and set ok. */

#define FENCE(n) (GUARD(n + ATTEMPT, job[j].attempt == attempt) && GUARD(n + OWNER, job[j].owner == own) \
               && GUARD(n + STATE, job[j].state == running))
/* A fence that is a lock decides and writes in one step; one that is a mere test decides on what may change. */
#ifdef INTACT
#define FENCED(n, effect) atomic { ok = FENCE(n); if :: ok -> mine(); effect :: else fi }
#else
#define FENCED(n, effect) \
  if \
  :: atomic { !BROKEN(n + LOCK) -> ok = FENCE(n); if :: ok -> mine(); effect :: else fi } \
  :: atomic { BROKEN(n + LOCK) -> ok = FENCE(n) }; atomic { if :: ok -> mine(); effect :: else fi } \
  fi
#endif
/* The last write of an attempt: whoever makes it has put the work down. */
#define LAST(n, effect) FENCED(n, works[me] = 0; effect)

inline mine() {
  holds(oneWriter, job[j].holder == me);
  holds(terminalIsFinal, !TERMINAL(j))
}

inline renew() { job[j].lease = true; excused[me] = false }    /* back in control */

inline progress() { st.state = running; st.fp = fp; st.sum = 0; st.job = j; st.attempt = attempt }

inline publish() {
  art[fp] = sum;
  if :: fp == 1 -> gone = false :: else fi;
  if :: promised[KEY(fp, sum)] == 0 && OBJECT_IS(fp, sum) -> promised[KEY(fp, sum)] = sum :: else fi
}

inline bundletop_complete() {
  leave_running(j, completed);
  if :: BROKEN(COMPLETE_ONE_TRANSACTION) ->
     holds(statusIsJob, st.state == completed) :: else fi;     /* what others see if the job commits first */
  if :: BROKEN(COMPLETE_ARTIFACT) :: else -> publish() fi;
  st.state = completed; st.sum = sum; st.job = j; st.attempt = attempt;
  if :: BROKEN(COMPLETE_FINGERPRINT) -> st.fp = 3 - fp :: else -> st.fp = fp fi;
  bundletop_start_next(j)
}

inline bundletop_fail() {
  if      /* an error of a class that passes, or one that stays */
  :: GUARD(FAIL_MAX, job[j].attempt < job[j].max) -> leave_running(j, queued);
     bundletop_absorb_next(j); bundletop_show_queued(j)
  :: true -> leave_running(j, failed); bundletop_show_failed(j); bundletop_start_next(j)
  fi
}

inline bundletop_return() {
  leave_running(j, queued);
  if :: BROKEN(RETURN_MAX) :: else -> job[j].max++ fi;
  bundletop_absorb_next(j); bundletop_show_queued(j)
}

/* Statements of any pod */

#define FRESH(n)   (job[n].state == queued && job[n].attempt < job[n].max)
#define LOST(n)    (job[n].state == running && GUARD(CLAIM_EXPIRED, !job[n].lease) && !BROKEN(CLAIM_LOST) \
                 && GUARD(CLAIM_CAP, job[n].attempt < CAP))

inline claim_effect(id) {
  holds(oneWorker, works[3 - me] != id + 1 || excused[3 - me]);
  holds(terminalIsFinal, !TERMINAL(id));
  if :: job[id].state == queued && faults > 0 && !samePod -> undoable = id + 1 :: else -> undoable = 0 fi;
  if :: job[id].state == running && !BROKEN(CLAIM_LOST_MAX) -> job[id].max++ :: else fi;
  if :: BROKEN(CLAIM_CLOSES) :: else -> job[id].open = 0 fi;
  /* The model must stay finite where nothing else ends it. */
  if :: BROKEN(CLAIM_ATTEMPT) || job[id].attempt >= 6 :: else -> job[id].attempt++ fi;
  holds(claimable, job[id].attempt <= job[id].max || job[id].attempt == 6);
  holds(attemptsGrow, job[id].attempt > job[id].top || job[id].attempt == 6);
  job[id].top = job[id].attempt; job[id].open = job[id].open | 1 << job[id].attempt;
  job[id].state = running; job[id].owner = own; job[id].lease = true; job[id].holder = me;
  st.state = running; st.job = id; st.attempt = job[id].attempt; st.sum = 0;
  j = id; attempt = job[id].attempt; works[me] = id + 1; excused[me] = false
}

inline bundletop_fail_poison_effect(id) {
  holds(oneWorker, !WORKED_ON(id));
  holds(terminalIsFinal, !TERMINAL(id));
  leave_running(id, failed); bundletop_show_failed(id); bundletop_start_next(id)
}

/* A failover to a server that never got the last transactions: the claim has not happened. */
inline lose_last_claim(id) {
  excused[job[id].holder] = true;
  leave_running(id, queued); job[id].owner = 0; job[id].attempt--; job[id].top--;
  bundletop_show_queued(id)
}

/* Statements of people */

inline bundletop_enqueue_effect() {
  if
  :: jobs > 0 && job[jobs - 1].state == queued                     /* merged: it is asked for already */
  :: jobs > 0 && job[jobs - 1].state == running -> job[jobs - 1].next = true; undoable = 0
  :: else -> insert_job(); undoable = 0
  fi
}

inline bundletop_cancel_effect(id) {
  holds(terminalIsFinal, !TERMINAL(id));
  if :: job[id].holder != 0 -> excused[job[id].holder] = true :: else fi;
  leave_running(id, cancelled); bundletop_show_failed(id); bundletop_start_next(id)
}

inline bundletop_retry_effect(id) {
  holds(retriedAsSeen, st.state == failed && seen.state == failed && st.fp == seen.fp && st.job == seen.job
                    && (st.attempt == seen.attempt || !named));
  holds(terminalIsFinal, job[id].state == failed || job[id].state == cancelled);
  job[id].state = queued; undoable = 0;
  if :: BROKEN(RETRY_MAX) :: else -> job[id].max++ fi;
  if :: BROKEN(RETRY_ATTEMPT) -> job[id].attempt = 0 :: else fi;
  bundletop_show_queued(id)
}

#include "actors.pml"
