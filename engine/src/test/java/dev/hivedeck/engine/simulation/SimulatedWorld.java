package dev.hivedeck.engine.simulation;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.MergeGates;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.TaskDefaults;
import dev.hivedeck.engine.execution.AttemptExecutor;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.diff.DiffStat;
import dev.hivedeck.engine.git.repository.RecordedMerges.Landed;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.mainline.BatchMerge;
import dev.hivedeck.engine.mainline.Incoming;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeProof;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * What is outside of the engine and outlives its crashes: a repository, worktrees, agents and their
 * processes. Everything takes time, may fail at any step, and remembers what must never happen.
 */
final class SimulatedWorld implements AttemptExecutor, Mainline {
  private final SimulatedScheduler simulatedScheduler;
  private final Random random;

  /** Chance of each fault at each place where it may happen; 0 once the world is calm. */
  private double trouble;

  private int commits;
  private final Map<String, String> commitOf = new HashMap<>();
  private final Map<String, AttemptFolder> worktrees = new LinkedHashMap<>();
  private final Map<String, Running> running = new LinkedHashMap<>();
  final List<MergedTask> main = new ArrayList<>();
  final List<String> wrong = new ArrayList<>();
  private final Set<String> gone = new HashSet<>();

  /** Attempts whose thread died without a word, as by an OutOfMemoryError. */
  final Set<String> vanished = new HashSet<>();

  /** Attempts that were told to end. */
  final Set<String> interrupted = new HashSet<>();

  /** Attempts of which a heartbeat was lost on its way. */
  final Set<String> unheard = new HashSet<>();

  /** A live process of an attempt. */
  record Running(String task, String attempt, String agent) {}

  /** What is on main. */
  record MergedTask(String merge, String head, String task) {}

  SimulatedWorld(SimulatedScheduler simulatedScheduler, Random random, double trouble) {
    this.simulatedScheduler = simulatedScheduler;
    this.random = random;
    this.trouble = trouble;
  }

  void calm() {
    trouble = 0;
  }

  boolean calmed() {
    return trouble == 0;
  }

  boolean chance(double times) {
    return random.nextDouble() < trouble * times;
  }

  private void pass(int seconds, String attempt) throws InterruptedException {
    try {
      simulatedScheduler.sleep(Duration.ofMillis(random.nextInt(1 + seconds * 1_000)));
    } catch (InterruptedException e) {
      interrupted.add(attempt);
      if (chance(10)) {
        simulatedScheduler.sleep(
            Duration.ofSeconds(random.nextInt(40))); // it takes its time to end
      }
      throw e;
    }
  }

  private void fault(String where, String attempt) {
    Thread.yield();
    if (chance(1)) {
      throw new HiveException(ErrorCode.GIT_FAILED, where + " failed", "Chance.");
    }
    if (chance(0.3)) {
      vanished.add(attempt);
      throw new SimulatedError(where);
    }
  }

  /** Something outside fails, which is nobody's fault. */
  private void outage(String where) {
    Thread.yield();
    if (chance(1)) {
      throw new HiveException(ErrorCode.DISK_FULL, where + " found no room", "Chance.");
    }
  }

  /** Only this task runs into it; what all need serves. */
  private void trouble(String where) {
    Thread.yield();
    if (chance(1)) {
      throw new HiveException(ErrorCode.REPOSITORY_LOCKED, where + " ran into a lock", "Chance.");
    }
  }

  /** Something prunes commits that nobody refers to. */
  private void pruned(String head) {
    if (gone.contains(head)) {
      throw new HiveException(ErrorCode.COMMIT_GONE, head + " is gone", "Chance.");
    }
  }

  /** Ends a thread without a word. */
  static final class SimulatedError extends Error {
    SimulatedError(String where) {
      super(where, null, false, false);
    }
  }

  private void never(String what) {
    wrong.add(what);
  }

  Map<String, Running> running() {
    return running;
  }

  Map<String, AttemptFolder> worktrees() {
    return worktrees;
  }

  // ── workshop ────────────────────────────────────────────────────────────────────────────────

  @Override
  public String redact(String text) {
    return text;
  }

  @Override
  public long millis() {
    return simulatedScheduler.clock().millis();
  }

  @Override
  public AttemptFolder prepare(Claim claim, Listener told) {
    fault("prepare", claim.attempt());
    outage("prepare");
    trouble("prepare");
    worktrees.values().removeIf(w -> w.task().equals(claim.task()));
    String start = claim.start() != null ? claim.start() : "main";
    if (claim.start() != null && !commitOf.getOrDefault(start, "").equals(claim.task())) {
      never(claim.attempt() + " goes on from a commit of another task: " + start);
    }
    var tree =
        new AttemptFolder(
            Path.of("/world", claim.attempt()),
            "hive/" + claim.task(),
            claim.task(),
            claim.attempt(),
            start,
            "main");
    worktrees.put(claim.attempt(), tree);
    Thread.yield();
    return tree;
  }

  @Override
  public Driver driver(AgentSpec agent) {
    return (request, activity) -> work(agent, request, activity);
  }

  private RunResult work(AgentSpec agent, RunRequest request, RunListener activity)
      throws InterruptedException {
    String key = request.environment().get("key");
    for (var other : running.values()) {
      if (other.task().equals(request.task())) {
        never(request.attempt() + " began while " + other.attempt() + " still ran");
      }
    }
    running.put(key, new Running(request.task(), request.attempt(), agent.name()));
    boolean ended = true;
    try {
      activity.pid(1 + random.nextInt(30_000));
      int steps = 1 + random.nextInt(4);
      for (int i = 0; i < steps; i++) {
        pass(20, request.attempt());
        activity.line("say", "step " + i);
        activity.stage(25 * i);
        activity.did(new Act.Spend(100, 0, 10, 0.01));
        if (chance(1)) {
          var answer =
              activity.ask(new Question("ui", "Which?", null, List.of("this", "that"), null));
          if (random.nextBoolean()) {
            return new RunResult(true, null, null); // asked, and does not wait
          }
          while (!answer.isDone()) {
            pass(5, request.attempt());
          }
        }
      }
      if (chance(0.3)) {
        ended = false; // its processes outlive the thread that knew of them
        vanished.add(request.attempt());
        throw new SimulatedError("driver");
      }
      if (chance(3)) {
        var reason =
            List.of(
                    FailureReason.EXIT,
                    FailureReason.CRASH,
                    FailureReason.TIMEOUT,
                    FailureReason.REFUSED)
                .get(random.nextInt(4));
        return new RunResult(false, reason, "by chance");
      }
      return new RunResult(true, null, null);
    } finally {
      if (ended) {
        running.remove(key);
      }
    }
  }

  @Override
  public RunRequest job(
      Claim claim, AgentSpec agent, AttemptFolder worktree, TaskDefaults defaults) {
    return new RunRequest(
        "/world",
        claim.task(),
        claim.attempt(),
        (int) claim.token(),
        claim.turn(),
        agent.name(),
        "work",
        RunRequest.Setup.USUAL,
        null,
        null,
        worktree.path(),
        worktree.path(),
        claim.prompt(),
        Map.of("key", claim.key()),
        Duration.ofMinutes(20),
        Duration.ZERO,
        ResourceQuota.NONE,
        1);
  }

  private String commit(String task) {
    String id = "c" + ++commits;
    commitOf.put(id, task);
    return id;
  }

  @Override
  public Optional<String> commit(
      AttemptFolder worktree, Claim claim, List<String> below, Listener told) {
    fault("commit", claim.attempt());
    return chance(1) ? Optional.empty() : Optional.of(commit(claim.task()));
  }

  @Override
  public Optional<String> checkpoint(AttemptFolder worktree, Claim claim, Listener told) {
    fault("checkpoint", claim.attempt());
    return random.nextBoolean() ? Optional.of(commit(claim.task())) : Optional.empty();
  }

  @Override
  public String base(AttemptFolder worktree, String head, List<String> below) {
    return worktree.base();
  }

  @Override
  public Checkpoint.Results check(
      String point,
      AttemptFolder worktree,
      String base,
      String head,
      AgentSpec agent,
      Claim claim,
      Listener told)
      throws InterruptedException {
    pass(5, claim.attempt());
    fault("gates", claim.attempt());
    return new Checkpoint.Results(gates(point), List.of());
  }

  @Override
  public List<Risk> risks(String base, String head) {
    return chance(1) ? List.of(new Risk(RiskKind.CI, ".github/workflows/ci.yml", null)) : List.of();
  }

  /** What judges merges. */
  MergeGates mergeGates() {
    return new MergeGates() {
      @Override
      public Object rules(ChangeLedger.Row change, Which which) {
        return which;
      }

      @Override
      public List<GateResult> check(
          String base, String merge, ChangeLedger.Row change, Which which) {
        return gates("merge");
      }

      @Override
      public Set<String> commands() {
        return Set.of("tests");
      }

      @Override
      public List<Risk> risks(String base, String merge) {
        return SimulatedWorld.this.risks(base, merge);
      }

      @Override
      public ChangeSurvey survey(String base, String head) {
        return ChangeSurvey.NOTHING;
      }

      @Override
      public void endLeft(ChangeLedger.Row change) {
        Thread.yield();
      }
    };
  }

  List<GateResult> gates(String point) {
    var outcome = chance(2) ? Outcome.FAILED : Outcome.PASSED;
    return List.of(new GateResult("tests", point, outcome, "by chance", List.of(), 1));
  }

  @Override
  public DiffStat stat(String base, String head) {
    return new DiffStat(1, 1, 0, 1);
  }

  @Override
  public DiffFacts facts(String base, String head) {
    return DiffFacts.NONE;
  }

  @Override
  public ChangeSurvey survey(String base, String head) {
    return ChangeSurvey.NOTHING;
  }

  @Override
  public void clear(AttemptFolder worktree, String why) {
    fault("clear", worktree.attempt());
    worktrees.remove(worktree.attempt());
  }

  @Override
  public void endProcesses(Set<String> keys) {
    Thread.yield();
    keys.forEach(running::remove);
  }

  @Override
  public Optional<String> rescue(String attempt) {
    var tree = worktrees.get(attempt);
    Thread.yield();
    return tree == null || random.nextBoolean()
        ? Optional.empty()
        : Optional.of(commit(tree.task()));
  }

  @Override
  public void probe(AttemptFolder worktree) {
    outage("probe");
  }

  /** Of what every attempt and every merge needs. */
  @Override
  public void probe() {
    Thread.yield();
  }

  @Override
  public Runnable sweep() {
    var all = Map.copyOf(worktrees);
    return () -> {
      Thread.yield();
      worktrees.values().removeAll(all.values());
    };
  }

  // ── main ────────────────────────────────────────────────────────────────────────────────────

  @Override
  public MergeResult merge(Incoming work, MergeResult.Check check) throws InterruptedException {
    String head = work.head();
    pass(3, "");
    fault("merge", "");
    outage("merge");
    trouble("merge");
    if (chance(0.5) && main.stream().noneMatch(l -> l.head().equals(head))) {
      gone.add(head);
    }
    pruned(head);
    var there = mergeOf(head);
    if (there.isPresent()) {
      return new MergeResult.Merged(there.get());
    }
    if (chance(1)) {
      return new MergeResult.Conflict(
          List.of(new MergeResult.ConflictFile("a.txt", "ours", "theirs")));
    }
    String merge = "m" + ++commits;
    if (!check.passes("main", merge)) {
      return new MergeResult.Refused();
    }
    String task = work.trailers().get("Hivedeck-Task");
    if (main.stream().anyMatch(l -> l.task().equals(task))) {
      never(task + " was merged a second time");
    }
    if (!task.equals(commitOf.get(head))) {
      never(task + " was merged with the work of " + commitOf.get(head));
    }
    main.add(new MergedTask(merge, head, task));
    fault("after the merge", "");
    return new MergeResult.Merged(merge);
  }

  @Override
  public WouldBe wouldBe(String onto, List<Incoming> works) {
    return new WouldBe(onto, tree(onto)); // nothing is judged ahead here
  }

  @Override
  public BatchMerge.Ended mergeAll(List<Incoming> works, BatchMerge.Check check) {
    throw new UnsupportedOperationException("nobody merges batches here");
  }

  @Override
  public Optional<HiveException> awaits() {
    return chance(1)
        ? Optional.of(new HiveException(ErrorCode.MAIN_MOVED, "main moved", "Chance."))
        : Optional.empty();
  }

  @Override
  public List<String> bringsBack(String base, String head) {
    return List.of();
  }

  @Override
  public MergeProof prove(String base, String merge, String head, String below) {
    return new MergeProof("tree of " + merge, 1, List.of());
  }

  @Override
  public MergeResult replay(String onto, Incoming work) {
    throw new AssertionError("nothing is stacked here");
  }

  @Override
  public void moveBranch(String branch, String from, String to) {
    throw new AssertionError("nothing is stacked here");
  }

  @Override
  public String tip() {
    return main.isEmpty() ? "main" : main.getLast().merge();
  }

  @Override
  public boolean onMain(String commit) {
    return main.stream().anyMatch(l -> l.merge().equals(commit));
  }

  @Override
  public Optional<Landed> landed(String merge) {
    return main.stream()
        .filter(l -> l.merge().equals(merge))
        .map(l -> new Landed("main", l.head()))
        .findFirst();
  }

  @Override
  public String tree(String merge) {
    return "tree of " + merge;
  }

  @Override
  public String revert(String merge, String base, String message) {
    throw new UnsupportedOperationException("nobody reverts here");
  }

  @Override
  public Differing differing(String base, String head) {
    return new Differing(stat(base, head), facts(base, head));
  }

  @Override
  public Optional<String> mergeOf(String head) {
    pruned(head);
    return main.stream().filter(l -> l.head().equals(head)).map(MergedTask::merge).findFirst();
  }

  @Override
  public Set<String> branches() {
    return Set.of();
  }

  @Override
  public void clear(String task, String branch) {
    fault("clearing " + branch, "");
  }
}
