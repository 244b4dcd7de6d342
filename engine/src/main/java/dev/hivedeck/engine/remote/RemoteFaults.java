package dev.hivedeck.engine.remote;

import dev.hivedeck.engine.config.remote.RemoteConfig;
import dev.hivedeck.engine.protocol.HiveException.Fault;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is in the way of each thing that is done with a remote. */
final class RemoteFaults {
  private final Map<Step, Fault> faults = new EnumMap<>(Step.class);

  /** What is done with a remote. */
  enum Step {
    PUSH,
    FETCH,
    FORWARD
  }

  synchronized Optional<Fault> first() {
    return faults.values().stream().findFirst();
  }

  /**
   * How it stands with a step now.
   *
   * @param fault null where nothing is in the way
   */
  synchronized void set(Step step, @Nullable Fault fault) {
    if (fault == null) {
      faults.remove(step);
    } else {
      faults.put(step, fault);
    }
  }

  /** Whether main was not brought up for what only a person can change. */
  synchronized boolean isApart() {
    var fault = faults.get(Step.FORWARD);
    return fault != null && fault.is(ErrorCode.MAIN_APART);
  }

  /** What is not wanted any more is not in the way of anybody. */
  synchronized void keep(RemoteConfig wanted) {
    faults
        .keySet()
        .removeIf(
            step ->
                switch (step) {
                  case PUSH -> !wanted.push();
                  case FETCH -> wanted.fetch() == null;
                  case FORWARD -> !wanted.forward();
                });
  }
}
