package dev.hivedeck.engine.service;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Other versions of a service, run beside the one of {@code hive.yaml}: by the same command and as
 * many instances, from another folder, each with its own ports. What a person does with the service
 * happens to all of them, but for beginning it anew, which leaves the others as they are. Nothing
 * of this is written down: whoever began one begins it again after a restart of the engine.
 */
public interface ServiceVersions {

  /**
   * How it stands with such a version.
   *
   * @param state the worst of its instances
   * @param why it is in this state, in words; empty where that needs none
   * @param crashes how often in a row one of its instances ended by itself, the most of all
   * @param ended how that one ended last; empty where it did not
   */
  record VersionState(
      ServiceState state, String why, List<ServiceInstance> instances, int crashes, String ended) {
    public VersionState {
      instances = List.copyOf(instances);
    }

    /** Whether all its instances are healthy. */
    public boolean isHealthy() {
      return !instances.isEmpty()
          && instances.stream().allMatch(i -> i.state() == ServiceState.HEALTHY);
    }
  }

  /**
   * Begins a version soon; one that was begun from the same folder and commit goes on.
   *
   * @param version its name; letters, digits, dots, underscores and hyphens
   * @param folder what stands for the repository's root
   * @param commit that is checked out there, for people
   * @throws HiveException {@code no-thing} where there is no such service, {@code not-now} where
   *     Hivedeck does not begin it, {@code bad-usage} where the version has no such name
   */
  void begin(String service, String version, Path folder, String commit);

  /**
   * Ends a version soon, after what is under way there had a moment; nothing where none runs.
   *
   * @param then runs on a thread of its own once nothing of it is left; not when the engine ends
   *     before that
   */
  void end(String service, String version, Runnable then);

  /**
   * Empty where none was begun, or it has ended.
   *
   * @param version also {@link ServiceDirectory#STABLE}, for what {@code hive.yaml} runs
   */
  Optional<VersionState> state(String service, String version);
}
