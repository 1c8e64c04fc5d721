/* Who executes the statements of lease.pml, and when. */

/* The upload of a pod that died on the way, by key + 1: it lands whenever the network likes. */
byte late, lateSum;

/* Workers: AttemptRunner of CatalogPod. */

/* What may come instead of the next step of an attempt. A renewal that would change nothing is left out. */
#define OR_ELSE \
  :: atomic { job[j].holder != me || !job[j].lease -> skip }; FENCED(RENEW, renew()); if :: !ok -> goto stopped :: else fi \
  :: atomic { faults > 0 && !excused[me] -> faults--; excused[me] = true } /* SIGSTOP or cut off; then it goes on */ \
  :: atomic { faults > 0 -> faults--; goto stopped }                       /* its own deadline: not a word more */ \
  :: atomic { faults > 0 && !samePod -> faults--; goto crashed } \
  :: LAST(FAIL, bundletop_fail()); goto stopped \
  :: atomic { returns > 0 -> returns-- }; LAST(RETURN, bundletop_return()); goto stopped

proctype Pod(byte me) {
  byte j, attempt, fp, sum;
  byte own = (samePod -> 1 : me);
  bool ok;

stopped:
  atomic { works[me] = 0; excused[me] = false; j = 0; attempt = 0; fp = 0; sum = 0; ok = false }
end:
  if
  :: atomic { !BROKEN(CLAIM_LOCK) && (FRESH(0) || LOST(0)) -> claim_effect(0) }
  :: atomic { !BROKEN(CLAIM_LOCK) && (FRESH(1) || LOST(1)) -> claim_effect(1) }
  :: atomic { BROKEN(CLAIM_LOCK) && (FRESH(0) || LOST(0)) }; atomic { claim_effect(0) }
  fi;
  if :: poison -> goto crashed :: else fi;
  /* Resolving: the files are what they are at this moment on this pod. */
  do
  :: fp = 1; break
  :: fp = 2; break
  OR_ELSE
  od;
  FENCED(PROGRESS, progress());
  if :: !ok -> goto stopped :: else fi;
  do
     /* The cache: cached_artifact and a HEAD of the object. A forced run goes past it. */
  :: atomic { art[fp] != 0 && GUARD(CACHE_HEAD, OBJECT_IS(fp, art[fp])) -> sum = art[fp]; break }
     /* Built, and put into the store. The two pods have different builders: the same inputs give other bytes. */
  :: atomic { !BROKEN(UPLOAD_FIRST) -> sum = me; obj[KEY(fp, sum)] = sum; break }
  :: atomic { BROKEN(UPLOAD_FIRST) -> sum = me; break }
     /* It dies, and what it sent is under way. */
  :: atomic { faults > 0 && !samePod && late == 0 -> faults--; late = KEY(fp, me) + 1; lateSum = me; goto crashed }
  OR_ELSE
  od;
  do
  :: LAST(COMPLETE, bundletop_complete()); break
  OR_ELSE
  od;
  if
  :: BROKEN(UPLOAD_FIRST) -> atomic { obj[KEY(fp, sum)] = sum }
  :: else
  fi;
  goto stopped;
crashed:          /* forgets everything, comes back as somebody else */
  atomic { works[me] = 0; own = (own > 2 -> me : own + 2); goto stopped }
}

proctype Network() {
end:
  do
  :: atomic { late != 0 -> obj[late - 1] = lateSum; late = 0; lateSum = 0 }
  od
}

/* Time. A lease runs out once the pod does nothing for the job any more: it stops by its own clock before that. A pod
 * that was stopped or cut off cannot, and one without the deadline would not. */
#define TIME_UP(n)   (job[n].state == running && job[n].lease && (BROKEN(DEADLINE) || !WORKED_ON(n)))
#define POISONED(n)  (GUARD(POISON_LEASE, !job[n].lease) && job[n].state == running && job[n].attempt >= CAP && !BROKEN(POISON_SWEEP))
proctype Clock() {
  byte n;
end:
  do
  :: atomic { TIME_UP(0) -> job[0].lease = false }
  :: atomic { TIME_UP(1) -> job[1].lease = false }
  :: atomic { !BROKEN(POISON_LOCK) && POISONED(0) -> bundletop_fail_poison_effect(0) }
  :: atomic { !BROKEN(POISON_LOCK) && POISONED(1) -> bundletop_fail_poison_effect(1) }
  :: atomic { BROKEN(POISON_LOCK) && POISONED(0) }; atomic { bundletop_fail_poison_effect(0) }
     /* A failover to a server that has not got the last transactions: a claim, what was seen of it. */
  :: atomic { undoable != 0 && faults > 0 -> faults--; n = undoable - 1; lose_last_claim(n); n = 0 }
  od
}

/* People: one who asks for bundles, one who cancels, up to two who retry what failed. */
proctype Asker() {
  byte n;
end:
  do
  :: atomic { asks > 0 && !BROKEN(ENQUEUE_LOCK) && !BROKEN(ENQUEUE_UNIQUE) && jobs < JOBS -> asks--;
              bundletop_enqueue_effect() }
  :: atomic { asks > 0 && jobs > 0 && jobs < JOBS && BROKEN(ENQUEUE_LOCK) && job[jobs - 1].state == running ->
              asks--; n = jobs - 1 };
     atomic { job[n].next = true }
  :: atomic { asks > 0 && jobs < JOBS && BROKEN(ENQUEUE_LOCK) && !(jobs > 0 && job[jobs - 1].state == running) ->
              asks--; bundletop_enqueue_effect() }
  :: atomic { asks > 0 && jobs < JOBS && BROKEN(ENQUEUE_UNIQUE) && !ACTIVE(0) -> asks-- };
     atomic { insert_job() }
  od
}

proctype Canceller() {
  byte n;
end:
  do
  :: atomic { cancels > 0 && jobs > 0 && !BROKEN(CANCEL_LOCK) && GUARD(CANCEL_STATE, ACTIVE(jobs - 1)) -> cancels--;
              n = jobs - 1; bundletop_cancel_effect(n) }
  :: atomic { cancels > 0 && jobs > 0 && BROKEN(CANCEL_LOCK) && ACTIVE(jobs - 1) -> cancels--; n = jobs - 1 };
     atomic { bundletop_cancel_effect(n) }
  od
}

#define AS_SEEN (GUARD(RETRY_STATE, st.state == failed) && GUARD(RETRY_FINGERPRINT, st.fp == seen.fp) \
              && GUARD(RETRY_JOB, st.job == seen.job) && GUARD(RETRY_SEEN_ATTEMPT, st.attempt == seen.attempt || !named))
/* Sees a failed bundle, and later asks for it again; bundletop_retry need not be told the attempt that was seen. */
proctype Retrier() {
  Status seen;
  bool named;
end:
  atomic { st.state == failed -> seen.state = st.state; seen.fp = st.fp; seen.job = st.job; seen.attempt = st.attempt;
           if :: named = true :: seen.attempt = 0 fi };
  if
  :: atomic { AS_SEEN -> bundletop_retry_effect(st.job) }
  :: atomic { !AS_SEEN }     /* refused, with the reason */
  fi;
  atomic { seen.state = absent; seen.fp = 0; seen.job = 0; seen.attempt = 0; named = false }
}

init {
  atomic {
    choose_scenario();
    /* What earlier jobs left: nothing; an artifact; or one whose object somebody has deleted. */
    if
    :: true
    :: earlier -> art[1] = 1; obj[KEY(1, 1)] = 1; promised[KEY(1, 1)] = 1
    :: earlier -> art[1] = 1; gone = true
    fi;
    run Asker(); run Clock(); run Network();
    if :: cancels > 0 -> run Canceller() :: else fi;
    if :: retriers > 0 -> run Retrier() :: else fi;
    if :: retriers > 1 -> run Retrier() :: else fi;
    run Pod(1); run Pod(2);
    run Monitor()      /* the last is looked at first: what fails is reported before anybody goes on */
  }
}

#ifdef LIVE
#define UNENDED (ACTIVE(0) || ACTIVE(1))
ltl everyJobEnds { [] <> !UNENDED }
#endif
