package dev.hivedeck.engine;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.MergeGates;
import dev.hivedeck.engine.config.GateConfig;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.execution.GateEvaluator;
import dev.hivedeck.engine.gate.GateSpec;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.git.survey.Surveyor;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.store.Store;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The gates in force, and before a merge what they judge. */
record GateRules(Store store, Supplier<HiveConfig> config, GateEvaluator gates)
    implements MergeGates {

  /** As they are configured. */
  static GateEvaluator.Rules of(HiveConfig config) {
    return new GateEvaluator.Rules(
        config.gates().values().stream().map(GateRules::gate).toList(),
        config.protectedPaths(),
        new Surveyor.Paths(
            config.health().contracts(), config.health().migrations(), config.health().owners()));
  }

  private static GateSpec gate(GateConfig g) {
    return new GateSpec(
        g.name(),
        g.run() != null
            ? GateSpec.Kind.RUN
            : GateSpec.Kind.valueOf(g.builtin().toUpperCase(Locale.ROOT)),
        g.run(),
        g.at(),
        g.timeout(),
        g.checkout() == null
            ? GateSpec.Place.EITHER
            : GateSpec.Place.valueOf(g.checkout().toUpperCase(Locale.ROOT)),
        new GateSpec.Limits(
            g.warn(),
            g.max(),
            g.warnBytes() == null ? GateSpec.Limits.WARN_BYTES : g.warnBytes(),
            g.maxBytes() == null ? 0 : g.maxBytes()),
        g.coverage());
  }

  @Override
  public List<GateResult> check(String base, String merge, ChangeLedger.Row change, Which which)
      throws InterruptedException {
    return gates.judge(base, merge, judged(change).merging(), gate -> isOf(which, gate));
  }

  /** Whatever is configured may matter to a command: it may read it. */
  private record Basis(HiveConfig config, Which which, GateEvaluator.Judged who) {}

  @Override
  public Object rules(ChangeLedger.Row change, Which which) {
    return new Basis(config.get(), which, judged(change));
  }

  private static boolean isOf(Which which, GateSpec gate) {
    return switch (which) {
      case ALL -> true;
      case BUILT_IN -> gate.kind() != GateSpec.Kind.RUN;
      case COMMANDS -> gate.kind() == GateSpec.Kind.RUN;
    };
  }

  @Override
  public Set<String> commands() {
    return config.get().gates().values().stream()
        .filter(gate -> gate.run() != null)
        .map(GateConfig::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public List<Risk> risks(String base, String merge) {
    return gates.risks(base, merge);
  }

  @Override
  public ChangeSurvey survey(String base, String head) {
    return gates.survey(base, head);
  }

  @Override
  public void endLeft(ChangeLedger.Row change) {
    gates.endLeft(judged(change));
  }

  private GateEvaluator.Judged judged(ChangeLedger.Row change) {
    // A revert is made without an attempt: then its commit tells its processes from others.
    var attempt = store.read(sql -> AttemptLedger.find(sql, change.attempt()));
    var spec = config.get().agents().get(change.agent());
    return new GateEvaluator.Judged(
        change.task(),
        change.attempt(),
        attempt.map(AttemptLedger.Row::key).orElse("revert-" + change.head()),
        attempt.map(AttemptLedger.Row::correlation).orElse(change.id()),
        spec == null ? List.of() : spec.owns());
  }
}
