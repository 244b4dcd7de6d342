package dev.hivedeck.engine.workspace;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.discovery.RepositoryFacts;
import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.config.edit.HiveFile;
import dev.hivedeck.engine.config.edit.MisplacedConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.config.yaml.TextDiff;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.security.ConsentStore;
import dev.hivedeck.engine.slo.watch.ObjectiveImports;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The configuration in force, which is the last that a person consented to, beside what is in
 * {@code hive.yaml} now. A changed file waits: nothing begins until somebody consents, and what
 * runs already is judged and merged by what is in force.
 */
public final class ActiveConfiguration {
  private final Path root;
  private final ConsentStore store;
  private final HiveFile file;
  private volatile State state;

  /**
   * @param live what the files say; the last that could be read where they cannot
   * @param problems why they cannot be read now
   */
  private record State(
      ConfigSnapshot live,
      List<String> problems,
      ConsentStore.StoredConsent given,
      WorkspaceViews.Consent consent) {

    State(ConfigSnapshot live, List<String> problems, ConsentStore.StoredConsent given) {
      this(live, problems, given, consent(live, given));
    }

    boolean trusted() {
      return consent.why() == null;
    }

    private static WorkspaceViews.Consent consent(
        ConfigSnapshot live, ConsentStore.StoredConsent storedConsent) {
      var before = storedConsent.snapshot();
      if (before == null && storedConsent.trouble() == null && live.empty()
          || before != null && before.digest().equals(live.digest())) {
        return new WorkspaceViews.Consent(live.digest(), storedConsent.at(), null, List.of());
      }
      var items = ConsentDocument.of(live, before);
      String why =
          before != null
              ? HiveConfig.FILE + " changed since you trusted it: " + ConsentDocument.summary(items)
              : storedConsent.trouble() != null
                  ? "Your earlier consent does not count: " + storedConsent.trouble()
                  : "Nobody has consented to " + HiveConfig.FILE + " yet";
      return new WorkspaceViews.Consent(live.digest(), storedConsent.at(), why, items);
    }
  }

  /**
   * @param root of the repository
   * @throws HiveException as {@link ConfigSnapshot#read}, when nothing was consented to and the
   *     files cannot be read
   */
  public ActiveConfiguration(Path root, ConsentStore store) {
    this.root = root;
    this.store = store;
    this.file = new HiveFile(root);
    var storedConsent = store.read();
    try {
      this.state =
          new State(ConfigSnapshot.read(root, storedConsent.snapshot()), List.of(), storedConsent);
    } catch (HiveException e) {
      if (storedConsent.snapshot() == null) {
        throw e;
      }
      this.state = new State(storedConsent.snapshot(), problems(e), storedConsent);
    }
  }

  private static List<String> problems(HiveException e) {
    return List.of(e.getMessage() + " " + e.hint());
  }

  /** Reads the files again. What cannot be read changes nothing but the problems. */
  public synchronized void refresh() {
    var before = state;
    try {
      var live = ConfigSnapshot.read(root, before.live());
      if (live != before.live() || !before.problems().isEmpty()) {
        state = new State(live, List.of(), before.given());
      }
    } catch (HiveException e) {
      var problems = problems(e);
      if (!problems.equals(before.problems())) {
        state = new State(before.live(), problems, before.given(), before.consent());
      }
    }
  }

  /** Whether a person consented to the files as they are this very moment. */
  public boolean trusted() {
    refresh();
    return state.trusted();
  }

  /**
   * What is shown and planned with: what is in force, or before the first consent what is there.
   */
  public HiveConfig known() {
    var now = state;
    return now.given().snapshot() != null ? now.given().snapshot().config() : now.live().config();
  }

  /**
   * What holds for whatever runs and merges.
   *
   * @throws HiveException {@code not-trusted} when nobody has consented to anything
   */
  public HiveConfig inForce() {
    var now = state;
    if (now.given().snapshot() == null && !now.trusted()) {
      throw notTrusted();
    }
    return known();
  }

  /** Whether anything is in force: a person has consented, or there is nothing to consent to. */
  public boolean consented() {
    var now = state;
    return now.given().snapshot() != null || now.trusted();
  }

  /** What acts by itself: all that is known once a person consented, nothing before. */
  public HiveConfig agreed() {
    return consented() ? known() : HiveConfig.NONE;
  }

  /** Where messages go is in force once a person consented to it, as all that leaves the engine. */
  public NotifyConfig notifications() {
    return consented() ? known().notifications() : NotifyConfig.STANDARD;
  }

  /** Objectives and rules are evaluated, and act, once a person consented to them. */
  public RuleFiles.Source objectives() {
    return new RuleFiles.Source(consented() ? known().slo() : SloConfig.NONE, live().slo());
  }

  /** What the files say, consented to or not. */
  public HiveConfig live() {
    return state.live().config();
  }

  /** What is wrong with the files, each with its remedy. */
  public List<String> problems() {
    return Stream.concat(state.problems().stream(), MisplacedConfig.told(root).stream()).toList();
  }

  public WorkspaceViews.Consent consent() {
    return state.consent();
  }

  // ── editing ─────────────────────────────────────────────────────────────────────────────────

  /**
   * The file as it is now, whatever state it is in.
   *
   * @param first who would work here first, which is looked for where there is no file
   * @throws HiveException {@code config-unreadable}
   */
  public Config.Source source(Supplier<Optional<ConfigProposal.Program>> first) {
    String text = file.text();
    var values = Json.object();
    var wrong = List.<String>of();
    try {
      if (text != null
          && new YamlSource(HiveConfig.FILE, text, ErrorCode.CONFIG_INVALID).root()
              instanceof ObjectNode root) {
        values = root;
        HiveFile.valid(text);
      }
    } catch (HiveException e) {
      wrong = e.getMessage().lines().toList();
    }
    return new Config.Source(
        HiveConfig.FILE,
        text,
        HiveFile.digest(text),
        values,
        wrong,
        text == null ? ConfigProposal.of(root, first.get()) : null);
  }

  /**
   * A first file, also where there is one already, to compare.
   *
   * @param first who would work here
   */
  public Config.Proposal proposal(Optional<ConfigProposal.Program> first) {
    var lines = ConfigProposal.lines(root, first);
    var facts = new RepositoryFacts(root);
    return new Config.Proposal(
        HiveConfig.FILE,
        ConfigProposal.text(lines),
        lines,
        HiveFile.digest(file.text()),
        facts.findings(),
        facts.ideas());
  }

  /**
   * What an edit would come to; nothing is written.
   *
   * @param changes to make in the text there is; null for a text in its place
   */
  public Config.Preview preview(List<Config.Change> changes, String whole) {
    String before = file.text();
    String after = before;
    try {
      after = whole != null ? whole : HiveFile.edited(before, changes);
      HiveFile.valid(after);
      SloProblems.refuse(before, after);
      var would = ConfigSnapshot.would(root, after);
      return preview(before, after, List.of(), new State(would, List.of(), state.given()));
    } catch (HiveException e) {
      return preview(before, after, e.getMessage().lines().toList(), null);
    }
  }

  private static Config.Preview preview(
      String before, String after, List<String> problems, State would) {
    return new Config.Preview(
        HiveFile.digest(before),
        TextDiff.of(HiveConfig.FILE, before, after),
        problems,
        would == null ? null : would.consent());
  }

  /**
   * Changes values in the file. What that runs and decides is in force only once a person consents
   * to it, as after any other change of it.
   *
   * @throws HiveException as {@link HiveFile#edit}
   */
  public synchronized Config.Edited edit(String digest, List<Config.Change> changes) {
    return written(file.edit(digest, before -> sound(before, HiveFile.edited(before, changes))));
  }

  /**
   * As {@link #edit}, with a whole text.
   *
   * @throws HiveException as {@link HiveFile#edit}
   */
  public synchronized Config.Edited write(String digest, String text) {
    if (text == null) {
      throw new HiveException(
          ErrorCode.BAD_USAGE, "There is no text to write.", "Give it as text.");
    }
    return written(file.edit(digest, before -> sound(before, text)));
  }

  /**
   * What an import of objectives would come to; nothing is written.
   *
   * @param period of objectives whose format does not say it; null for what is usual
   * @throws HiveException as {@link ObjectiveImports#of}
   */
  Config.Import importing(String text, String period) {
    var found = imports(file.text(), text, period);
    return new Config.Import(
        found.taken(), found.left(), found.changes(), preview(found.changes(), null));
  }

  /**
   * Takes objectives over, all that are in a text or none.
   *
   * @throws HiveException as {@link HiveFile#edit}, {@link ObjectiveImports#of} and {@link
   *     ObjectiveImports#checked}
   */
  synchronized Config.Edited importObjectives(Command.ImportObjectives wanted) {
    return written(
        file.edit(
            wanted.digest(),
            before ->
                sound(
                    before,
                    HiveFile.edited(
                        before,
                        imports(before, wanted.text(), wanted.period())
                            .checked(wanted.skip())
                            .changes()))));
  }

  private static ObjectiveImports imports(String before, String text, String period) {
    var there =
        before == null
            ? Json.object()
            : new YamlSource(HiveConfig.FILE, before, ErrorCode.CONFIG_INVALID).root();
    var length =
        period == null
            ? ObjectiveImports.PERIOD
            : Durations.parse(period)
                .orElseThrow(
                    () ->
                        new HiveException(
                            ErrorCode.BAD_TIME,
                            "\"" + period + "\" is no time.",
                            "Write " + Durations.EXAMPLES + "."));
    return ObjectiveImports.of("the file", text, length, there.path("objectives"));
  }

  /** What is to be written, once it is known that it can be used. */
  private String sound(String before, String text) {
    HiveFile.valid(text);
    SloProblems.refuse(before, text);
    ConfigSnapshot.would(root, text);
    return text;
  }

  private Config.Edited written(String text) {
    refresh();
    return new Config.Edited(HiveConfig.FILE, HiveFile.digest(text), state.trusted());
  }

  /** Why nothing begins. */
  public HiveException notTrusted() {
    return new HiveException(
        ErrorCode.NOT_TRUSTED,
        state.consent().why() + ".",
        "Look at all of it with hivedeck trust, or press Review in the desktop.");
  }

  /**
   * Puts what the files say now in force.
   *
   * @param digest of what was shown to the person
   * @throws HiveException {@code consent-changed} when the files say something else by now
   */
  public synchronized void consent(String digest, Instant at) {
    refresh();
    var now = state;
    if (!now.problems().isEmpty()) {
      throw new HiveException(
          ErrorCode.CONFIG_INVALID,
          now.problems().getFirst(),
          "Nobody can consent to it as it is.");
    }
    if (!Objects.equals(now.live().digest(), digest)) {
      throw new HiveException(
          ErrorCode.CONSENT_CHANGED,
          digest == null
              ? "A consent names what it is to, by the digest that was shown with it."
              : HiveConfig.FILE
                  + " or a file that it names changed after it was shown; nothing was trusted.",
          "Look at it again: hivedeck trust, or workspace.consent.");
    }
    store.give(now.live(), at);
    state =
        new State(now.live(), now.problems(), new ConsentStore.StoredConsent(now.live(), at, null));
  }
}
