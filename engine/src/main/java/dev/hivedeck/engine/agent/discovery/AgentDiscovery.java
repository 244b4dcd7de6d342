package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.edit.AgentEntry;
import dev.hivedeck.engine.config.edit.HiveFile;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.Discovery.Category;
import dev.hivedeck.engine.protocol.Discovery.Clis;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Definitions;
import dev.hivedeck.engine.protocol.Discovery.Form;
import dev.hivedeck.engine.protocol.Discovery.Imported;
import dev.hivedeck.engine.protocol.Discovery.Standing;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Looks around in a repository and on its machine, and makes agents of what a person chooses. */
public final class AgentDiscovery {
  /** Programs come and go seldom; whoever asks twice in this time hears the same. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final RepositoryScan repository;
  private final CliScan clis;
  private final HiveFile file;
  private final Clock clock;
  private Clis seen;

  public AgentDiscovery(Path root, HostEnvironment host, Clock clock) {
    this.repository = new RepositoryScan(root, host);
    this.clis = new CliScan(host, CliScan.PATIENCE, clock);
    this.file = new HiveFile(root);
    this.clock = clock;
  }

  /** The command line agents of this machine; takes as long as the slowest tells its version. */
  public synchronized Clis clis() {
    if (seen == null || seen.at().plus(FRESH).isBefore(clock.instant())) {
      try {
        seen = clis.look();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HiveException(ErrorCode.STOPPED, "Looking around was stopped.", "Try again.");
      }
    }
    return seen;
  }

  public Definitions definitions(HiveConfig config) {
    return repository.look(config);
  }

  /**
   * Writes agents made of these definitions into {@code hive.yaml}; those that are there already,
   * or whose name is, stay as they are.
   *
   * @param ids of definitions
   * @throws HiveException {@code no-definition}, or as {@link HiveFile#add}; then nothing changed
   */
  public Imported add(List<String> ids, HiveConfig config) {
    Map<String, Definition> there = new LinkedHashMap<>();
    definitions(config).definitions().forEach(d -> there.put(d.id(), d));
    var unknown = new TreeSet<>(ids);
    unknown.removeAll(there.keySet());
    if (!unknown.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_DEFINITION,
          "No agent is defined in "
              + String.join(", ", unknown)
              + DidYouMean.to(unknown.first(), there.keySet())
              + ".",
          "hivedeck agent discover lists the definitions there are.");
    }
    var entries = new ArrayList<AgentEntry>();
    var kept = new ArrayList<String>();
    for (String id : new LinkedHashSet<>(ids)) {
      var definition = there.get(id);
      if (definition.standing() == Standing.NEW) {
        entries.add(entry(definition));
      } else {
        kept.add(id);
      }
    }
    var lines = file.add(entries);
    return new Imported(
        HiveConfig.FILE,
        lines.from(),
        lines.to(),
        entries.stream().map(AgentEntry::name).toList(),
        kept);
  }

  private static AgentEntry entry(Definition d) {
    return AgentEntry.named(d.name())
        .with("role", d.role())
        .with("driver", d.driver())
        .with("run", d.run())
        .with("format", d.format())
        .with("args", d.args())
        .with("model", d.model())
        .with("category", d.category().word())
        .with(
            "capabilities",
            d.category() == Category.CORE || d.form() == Form.AGENTS_MD
                ? List.of()
                : List.of(d.category().word()))
        .with("owns", d.owns())
        .with("pass", d.pass())
        .with("source", d.id())
        .build();
  }

  /**
   * Takes agents that were imported out of {@code hive.yaml} again.
   *
   * @return the names of those it took out
   * @throws HiveException {@code not-imported} when one was written by a person; then nothing
   *     changed
   */
  public List<String> remove(List<String> names, HiveConfig config) {
    var there = new LinkedHashSet<>(names);
    there.retainAll(config.agents().keySet());
    for (String name : there) {
      AgentSpec agent = config.agents().get(name);
      if (agent.source() == null) {
        throw new HiveException(
            ErrorCode.NOT_IMPORTED,
            "The agent " + name + " was not imported; somebody wrote it.",
            "Take it out of " + HiveConfig.FILE + " yourself.");
      }
    }
    file.remove(there);
    return List.copyOf(there);
  }
}
