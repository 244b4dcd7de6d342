package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.gate.GateSpec;
import dev.hivedeck.engine.gate.GateSubject;
import dev.hivedeck.engine.gate.ProtectedPaths;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.git.survey.Surveyor;
import dev.hivedeck.engine.preparation.WorktreePreparation;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.worktree.Worktrees;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Judges commits by the gates in force: what an attempt left and what a merge would make, both in
 * the same surroundings. What gates are and what they run is read from the configuration in force
 * and from main, never from the commit that is judged.
 */
public final class GateEvaluator {
  private final Repository repository;
  private final Worktrees worktrees;
  private final WorktreePreparation preparation;
  private final Checkpoint checkpoint;
  private final Supplier<Rules> rules;
  private final Supplier<String> api;
  private final UnaryOperator<String> redact;
  private final Surveyor surveyor;
  private volatile Known known;

  /**
   * The part of the configuration in force that judges.
   *
   * @param paths patterns of what is protected besides the usual
   * @param surveyed what is looked into for others
   */
  public record Rules(List<GateSpec> gates, List<String> paths, Surveyor.Paths surveyed) {}

  /** What is protected, as of a commit of main. */
  private record Known(String main, Rules rules, ProtectedPaths paths) {}

  /**
   * Whose work is judged.
   *
   * @param key marks the processes of its gates
   * @param owns patterns of the paths that its agent may change; empty for all
   */
  public record Judged(
      String task, String attempt, String key, String correlation, List<String> owns) {

    /** The same before its merge, whose processes are told from those of the attempt. */
    public Judged merging() {
      return new Judged(task, attempt, key + MERGING, correlation, owns);
    }
  }

  private static final String MERGING = "-merge";

  /**
   * @param api where the engine's HTTP endpoint is, empty when there is none
   * @param redact masks secrets in what they say
   * @param clock of how long what was counted serves
   */
  public GateEvaluator(
      Repository repository,
      Worktrees worktrees,
      WorktreePreparation preparation,
      Checkpoint checkpoint,
      Supplier<Rules> rules,
      Supplier<String> api,
      UnaryOperator<String> redact,
      Clock clock) {
    this.repository = repository;
    this.surveyor = new Surveyor(repository.git(), repository::tip, clock);
    this.worktrees = worktrees;
    this.preparation = preparation;
    this.checkpoint = checkpoint;
    this.rules = rules;
    this.api = api;
    this.redact = redact;
  }

  /**
   * Passes the gates of a checkpoint.
   *
   * @param made the folder that {@code head} was made in, or null
   */
  public Checkpoint.Results check(
      String point, String base, String head, Path made, Judged who, Consumer<String> log)
      throws InterruptedException {
    return check(point, base, head, made, who, rules.get().gates(), log);
  }

  private Checkpoint.Results check(
      String point,
      String base,
      String head,
      Path made,
      Judged who,
      List<GateSpec> specs,
      Consumer<String> log)
      throws InterruptedException {
    String name = point + "-" + head.substring(0, Math.min(10, head.length()));
    var place = preparation.place(surroundings(point, who), log);
    // Closed in the other order: what was set up in a checkout ends before that goes.
    try (var checkouts = worktrees.checkouts(name, head, made, place::ready);
        place) {
      var subject =
          new GateSubject(repository.git(), checkouts, base, head, who.owns(), place::environment);
      var results = checkpoint.run(point, specs, subject, log);
      return new Checkpoint.Results(
          results.gates().stream().map(result -> result.map(redact)).toList(),
          masked(results.risks()));
    }
  }

  /**
   * What gates of the merge checkpoint say of what main would be.
   *
   * @param which of them run
   */
  public List<GateResult> judge(String base, String merge, Judged who, Predicate<GateSpec> which)
      throws InterruptedException {
    var specs = rules.get().gates().stream().filter(which).toList();
    if (specs.stream().noneMatch(spec -> spec.at().contains("merge"))) {
      return List.of();
    }
    return check("merge", base, merge, null, who, specs, text -> {}).gates();
  }

  /** The same for every gate at every point; no secret among it. */
  private Map<String, String> surroundings(String point, Judged who) {
    var marks = new LinkedHashMap<String, String>();
    marks.put("HIVEDECK_WORKSPACE", repository.root().toString());
    marks.put("HIVEDECK_TASK", who.task());
    marks.put("HIVEDECK_ATTEMPT", who.attempt());
    marks.put(ProcessTree.MARK, who.key());
    marks.put("HIVEDECK_CORRELATION", who.correlation());
    marks.put("HIVEDECK_API", api.get());
    marks.put("HIVEDECK_CHECKPOINT", point);
    return marks;
  }

  /** Ends what the gates of a merge left running when their engine was killed. */
  public void endLeft(Judged who) {
    ProcessTree.endCarrying(Set.of(who.merging().key()));
  }

  /** What a person must approve of what lies between two commits. */
  public List<Risk> risks(String base, String head) {
    var git = repository.git();
    return masked(paths().touched(repository.changed(base, head), id -> Diffs.text(git, id)));
  }

  /** What lies between two commits means to others. */
  public ChangeSurvey survey(String base, String head) {
    return surveyor.of(repository.changed(base, head), rules.get().surveyed()).map(redact);
  }

  /** The name of a file is an agent's word like any other. */
  private List<Risk> masked(List<Risk> risks) {
    return risks.stream().map(risk -> risk.map(redact)).toList();
  }

  private ProtectedPaths paths() {
    String main = repository.tip();
    var now = rules.get();
    var before = known;
    if (before != null && before.main().equals(main) && before.rules().equals(now)) {
      return before.paths();
    }
    boolean commands = now.gates().stream().anyMatch(gate -> gate.command() != null);
    var tree = commands ? CommitTree.of(repository.git(), main) : null;
    var paths = ProtectedPaths.of(now.gates(), now.paths(), repository.hooks(), tree);
    known = new Known(main, now, paths);
    return paths;
  }
}
