package dev.hivedeck.engine;

import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.security.ConsentStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The configuration in force, which is the last that a person consented to, beside what is in
 * {@code hive.yaml} now. A changed file waits: nothing begins until somebody consents, and what
 * runs already is judged and merged by what is in force.
 */
final class Configuration {
  private final Path root;
  private final ConsentStore store;
  private volatile State state;

  /**
   * @param live what the files say; the last that could be read where they cannot
   * @param problems why they cannot be read now
   */
  private record State(
      ConfigSnapshot live, List<String> problems, ConsentStore.Given given, Views.Consent consent) {

    State(ConfigSnapshot live, List<String> problems, ConsentStore.Given given) {
      this(live, problems, given, consent(live, given));
    }

    boolean trusted() {
      return consent.why() == null;
    }

    private static Views.Consent consent(ConfigSnapshot live, ConsentStore.Given given) {
      var before = given.snapshot();
      if (before == null && given.trouble() == null && live.empty()
          || before != null && before.digest().equals(live.digest())) {
        return new Views.Consent(live.digest(), given.at(), null, List.of());
      }
      var items = ConsentDocument.of(live, before);
      String why =
          before != null
              ? HiveConfig.FILE + " changed since you trusted it: " + ConsentDocument.summary(items)
              : given.trouble() != null
                  ? "Your earlier consent does not count: " + given.trouble()
                  : "Nobody has consented to " + HiveConfig.FILE + " yet";
      return new Views.Consent(live.digest(), given.at(), why, items);
    }
  }

  /**
   * @param root of the repository
   * @throws HiveException as {@link ConfigSnapshot#read}, when nothing was consented to and the
   *     files cannot be read
   */
  Configuration(Path root, ConsentStore store) {
    this.root = root;
    this.store = store;
    var given = store.read();
    try {
      this.state = new State(ConfigSnapshot.read(root, given.snapshot()), List.of(), given);
    } catch (HiveException e) {
      if (given.snapshot() == null) {
        throw e;
      }
      this.state = new State(given.snapshot(), problems(e), given);
    }
  }

  private static List<String> problems(HiveException e) {
    return List.of(e.getMessage() + " " + e.hint());
  }

  /** Reads the files again. What cannot be read changes nothing but the problems. */
  synchronized void refresh() {
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
  boolean trusted() {
    refresh();
    return state.trusted();
  }

  /**
   * What is shown and planned with: what is in force, or before the first consent what is there.
   */
  HiveConfig known() {
    var now = state;
    return now.given().snapshot() != null ? now.given().snapshot().config() : now.live().config();
  }

  /**
   * What holds for whatever runs and merges.
   *
   * @throws HiveException {@code not-trusted} when nobody has consented to anything
   */
  HiveConfig inForce() {
    var now = state;
    if (now.given().snapshot() == null && !now.trusted()) {
      throw notTrusted();
    }
    return known();
  }

  /** What the files say, consented to or not. */
  HiveConfig live() {
    return state.live().config();
  }

  /** What is wrong with the files, each with its remedy. */
  List<String> problems() {
    return state.problems();
  }

  Views.Consent consent() {
    return state.consent();
  }

  /** Why nothing begins. */
  HiveException notTrusted() {
    return new HiveException(
        "not-trusted",
        state.consent().why() + ".",
        "Look at all of it with hivedeck trust, or press Review in the desktop.");
  }

  /**
   * Puts what the files say now in force.
   *
   * @param digest of what was shown to the person
   * @throws HiveException {@code consent-changed} when the files say something else by now
   */
  synchronized void consent(String digest, Instant at) {
    refresh();
    var now = state;
    if (!now.problems().isEmpty()) {
      throw new HiveException(
          "config-invalid", now.problems().getFirst(), "Nobody can consent to it as it is.");
    }
    if (!Objects.equals(now.live().digest(), digest)) {
      throw new HiveException(
          "consent-changed",
          digest == null
              ? "A consent names what it is to, by the digest that was shown with it."
              : HiveConfig.FILE + " or a recipe changed after it was shown; nothing was trusted.",
          "Look at it again: hivedeck trust, or workspace.consent.");
    }
    store.give(now.live(), at);
    state = new State(now.live(), now.problems(), new ConsentStore.Given(now.live(), at, null));
  }
}
