package dev.hivedeck.engine.rollout.control;

import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.rollout.traffic.Traffic;

/** Why no rollout is started, and what helps. */
final class StartRefusal {
  private StartRefusal() {}

  /** That nobody has its traffic now, as the end of a sentence. */
  static String notLed(String service) {
    var subject = RolloutSubject.of(service);
    return switch (subject.kind()) {
      case SERVICE -> "the gateway does not lead to " + service + " now";
      case FLAG -> "the flag " + subject.name() + " is not in force now";
      case AGENT -> "the agent " + subject.name() + " is not in force now";
    };
  }

  /** That a proxy has its traffic, which knows no changes. */
  static HiveException changeBehindProxy(String service) {
    return new HiveException(
        ErrorCode.NOT_NOW,
        "A change is exposed at the gateway, and a proxy has the traffic of " + service + ".",
        "Name a version of it: --canary v2; or take traffic: out of its rollout in hive.yaml.");
  }

  /** The same as an error. */
  static HiveException nobodyLeads(String service, Traffic traffic) {
    var subject = RolloutSubject.of(service);
    var away = traffic.away(service);
    if (away.isPresent()) {
      return new HiveException(
          ErrorCode.NOT_NOW,
          "The proxy of " + service + " cannot be used now: " + away.get() + ".",
          "traffic: in its rollout in hive.yaml says where it is; docs/rollouts.md what it needs.");
    }
    return switch (subject.kind()) {
      case SERVICE ->
          new HiveException(
              ErrorCode.NOT_NOW,
              "The gateway does not lead to " + service + " now.",
              "hivedeck gateway says why: it needs an engine that runs, and gateway: in"
                  + " hive.yaml.");
      case FLAG ->
          new HiveException(
              ErrorCode.NOT_NOW,
              "The flag " + subject.name() + " is not in force now.",
              "hivedeck flags lists those that are; hive.yaml counts once you have run hivedeck"
                  + " trust.");
      case AGENT -> noAgent("The agent " + subject.name() + " is not in force now.");
    };
  }

  private static HiveException noAgent(String what) {
    return new HiveException(
        ErrorCode.NOT_NOW,
        what,
        "agents: in hive.yaml has both; it counts once you have run hivedeck trust.");
  }

  /** That there is no such version. */
  static HiveException noVersion(String service, String version, Traffic traffic) {
    var subject = RolloutSubject.of(service);
    var present = traffic.present(service);
    var known = traffic.versions(service);
    String like = DidYouMean.to(version, known);
    return switch (subject.kind()) {
      case SERVICE ->
          known.contains(version)
              ? new HiveException(
                  ErrorCode.NOT_NOW,
                  version + " cannot be exposed now: " + traffic.gone(service, version) + ".",
                  "There is " + String.join(" and ", present) + ".")
              : new HiveException(
                  ErrorCode.NO_THING,
                  (traffic.route(service).isPresent() ? "The proxy" : "The gateway")
                      + " knows no version "
                      + version
                      + " of "
                      + service
                      + like
                      + ".",
                  "Its versions: " + String.join(", ", present) + ".");
      case FLAG ->
          known.contains(version)
              ? new HiveException(
                  ErrorCode.NOT_NOW,
                  "The flag " + subject.name() + " is killed.",
                  "hivedeck flag restore " + subject.name() + " has it evaluated again.")
              : new HiveException(
                  ErrorCode.NO_THING,
                  "The flag " + subject.name() + " has no variant " + version + like + ".",
                  "Its variants: " + String.join(", ", known) + ".");
      case AGENT ->
          new HiveException(
              ErrorCode.NO_THING,
              version + " is no canary of the agent " + subject.name() + like + ".",
              "Its rollout has " + String.join(" and ", present) + ".");
    };
  }
}
