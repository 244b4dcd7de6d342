package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.attempt.AgentSession;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.TaskDefaults;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.failure.ReleaseReason;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Holds one claim from worktree to verdict, on a thread of its own. It holds no state that matters:
 * what it learns goes to the queue, and if it vanishes the ledger still says where things stand.
 */
final class AttemptRunner implements RunListener {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);
  private static final long PROGRESS_MILLIS = 400;

  /** How often to tell what its processes take, at most if it differs, at least if it does not. */
  private static final long USED_MILLIS = 3_000;

  private static final long SAME_MILLIS = 15_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For what it had git do to end. */
  private static final Duration ENDING = Duration.ofSeconds(6);

  /** How often to try again what the work of a finished agent waits for. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /** For how long that is done where nobody but this attempt runs into it, into a lock say. */
  private static final Duration ALONE = Duration.ofSeconds(30);

  /** So often it may ask, change nothing and begin again with the answer. */
  private static final int ASKED = 5;

  /** Given back so often for one reason, it is the task's own failure. */
  private static final int GIVEN_BACK = 3;

  /** What may be otherwise when the task is begun again, though it is no outage. */
  private static final Set<String> PASSING = Set.of("no-folder", "not-trusted");

  private final Dispatch dispatch;
  private final Questions questions;
  private final AttemptExecutor attemptExecutor;
  private final Timers timers;
  private final TaskDefaults defaults;
  private final AgentSpec agent;
  private final Claim claim;
  private final Local local;
  private final CircuitBreakers circuitBreakers;
  private final PermissionPolicy permissions;
  private final BudgetTracker budgetTracker;
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();

  /** Mask what is kept, one for each stream that it comes in. */
  private final Map<String, UnaryOperator<String>> streams = new ConcurrentHashMap<>();

  /** Answers that it waits for. */
  private final Set<CompletableFuture<QuestionAnswer>> open = ConcurrentHashMap.newKeySet();

  /** What was told of checkpoints. */
  private final Set<String> leftOut = ConcurrentHashMap.newKeySet();

  /** Held for a moment only, by whoever starts, stops or leaves; never while anything is done. */
  private final Object exit = new Object();

  private Thread thread;
  private volatile boolean stopped;
  private boolean leaving;
  private volatile boolean asked;

  /** When the agent's process ended; null while it runs, or where it has none. */
  private volatile Instant exited;

  private volatile String waitsFor;
  private AttemptFolder worktree;

  private int stage;
  private String activity;
  private String said;
  private long lines;
  private Act.Spend spent = Act.Spend.NOTHING;
  private Act.Spend soFar = Act.Spend.NOTHING;
  private long unpriced;
  private boolean untold;
  private String model;
  private volatile RunResult mustEnd;
  private int permissionsAsked;
  private AgentSession session;
  private String checkpoint;
  private long lastReport;
  private ResourceQuota quota = ResourceQuota.NONE;
  private ResourceUsage used = ResourceUsage.NOTHING;
  private ResourceUsage told = ResourceUsage.NOTHING;
  private ResourceUsage peak = ResourceUsage.NOTHING;

  /** Notes what only this machine can make use of: where an attempt works, and as which process. */
  interface Local {
    void worktree(String attempt, String folder);

    void pid(String attempt, long pid);

    /** Marks of processes that earlier attempts at a task may have left. */
    Set<String> unseen(String task);

    /** Whether the task waits for a person. */
    boolean waiting(String task);

    /** Whether somebody answered a question of an attempt since then. */
    boolean answered(String attempt, Instant since);

    /** How many attempts at a task ended for that reason. */
    long ended(String task, EndReason reason);
  }

  AttemptRunner(
      Dispatch dispatch,
      Questions questions,
      AttemptExecutor attemptExecutor,
      Timers timers,
      TaskDefaults defaults,
      AgentSpec agent,
      Claim claim,
      Local local,
      CircuitBreakers circuitBreakers,
      PermissionPolicy permissions,
      BudgetTracker budgetTracker) {
    this.dispatch = dispatch;
    this.questions = questions;
    this.attemptExecutor = attemptExecutor;
    this.timers = timers;
    this.defaults = defaults;
    this.agent = agent;
    this.model = agent.model();
    this.claim = claim;
    this.local = local;
    this.circuitBreakers = circuitBreakers;
    this.permissions = permissions;
    this.budgetTracker = budgetTracker;
  }

  Claim claim() {
    return claim;
  }

  void start(Runnable whenOver) {
    synchronized (exit) {
      thread =
          timers.start(
              "attempt-" + claim.attempt(),
              () -> {
                MDC.put("correlation", claim.correlation());
                try {
                  run();
                } catch (RuntimeException e) {
                  LOG.error("attempt {}", claim.attempt(), e);
                } finally {
                  whenOver.run();
                }
              });
      if (stopped) {
        thread.interrupt();
      }
    }
  }

  /**
   * Ends the agent's processes; the thread then keeps the work and goes. One that is about to go by
   * itself is left to it. Waits for nothing, whatever the attempt is at.
   */
  void stop() {
    synchronized (exit) {
      if (!leaving) {
        stopped = true;
        if (thread != null) {
          thread.interrupt();
        }
      }
    }
  }

  /**
   * @return whether it ended in time
   */
  boolean await() {
    try {
      if (thread.join(PATIENCE)) {
        return true;
      }
      thread.interrupt(); // what it still reads; the next start takes it up
      return thread.join(ENDING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void hear(String text) {
    heard.add(text);
  }

  private void run() {
    try {
      attemptExecutor.endProcesses(local.unseen(claim.task()));
      worktree = circuitBreakers.outside(() -> attemptExecutor.prepare(claim, this::line));
      local.worktree(claim.attempt(), worktree.path().toString());
      var begun = new Dispatch.Report.Started(worktree.branch(), worktree.start());
      if (!kept(() -> dispatch.report(claim.task(), claim.token(), begun) == Dispatch.Hold.OK)) {
        clear("its lease was lost");
        return;
      }
      if (claim.start() != null && !claim.start().equals(worktree.start())) {
        tell(
            "the commit to go on from, %s, is gone from the repository: it begins from main"
                .formatted(claim.start()));
      }
      judge(drive());
    } catch (InterruptedException e) {
      giveBack();
    } catch (HiveException e) {
      if (stopped) {
        giveBack();
      } else {
        trouble(e);
      }
    } catch (RuntimeException e) {
      LOG.error("attempt {}", claim.attempt(), e);
      fail(FailureReason.ENGINE, "Hivedeck itself failed: " + e, List.of(), null, false, null);
    }
  }

  private RunResult drive() throws InterruptedException {
    budgetTracker.begins(agent, claim);
    var request = attemptExecutor.job(claim, agent, worktree, defaults);
    quota = request.quota();
    try {
      return circuitBreakers.run(agent, attemptExecutor.driver(agent), request, this);
    } finally {
      settle();
      report();
      budgetTracker.ends(claim);
      // Not as a line of its activity: what it did last is worth more. An interrupt would shut it.
      if (peak.processes() > 0 && !Thread.currentThread().isInterrupted()) {
        dispatch.append(claim.task(), claim.token(), "hive", "used at most " + peak.words());
      }
    }
  }

  private void judge(RunResult result) throws InterruptedException {
    if (local.waiting(claim.task()) || unheard()) {
      String how = result.ok() ? "" : " (" + result.reason().word() + ": " + result.detail() + ")";
      release(ReleaseReason.ASKED, "Ended to wait for a decision" + how, lastWork());
      clear("it asked and ended");
      return;
    }
    if (!result.ok()) {
      attemptExecutor.probe(worktree);
      boolean cutOff = result.reason().cutOff();
      String work = cutOff ? lastWork() : null;
      fail(result.reason(), result.detail(), List.of(), work, true, result.until());
      return;
    }
    // The agent is done: its work waits until it can be kept.
    Optional<String> head = insist(() -> attemptExecutor.commit(worktree, claim, this::line));
    if (head.isEmpty() && asked && local.ended(claim.task(), ReleaseReason.ASKED) < ASKED) {
      release(ReleaseReason.ASKED, "Ended to wait for a decision", lastWork());
      clear("it asked and ended");
      return;
    }
    if (head.isEmpty()) {
      attemptExecutor.probe(worktree);
      String detail = agent.name() + " ended as if finished, but changed nothing.";
      fail(FailureReason.NOTHING_CHANGED, detail, List.of(), null, false, null);
      return;
    }
    var checking = new Dispatch.Report.Checking(head.get());
    if (!kept(() -> dispatch.report(claim.task(), claim.token(), checking) == Dispatch.Hold.OK)) {
      clear("its lease was lost");
      return;
    }
    String base = insist(() -> attemptExecutor.base(worktree, head.get()));
    var judged =
        insist(
            () ->
                attemptExecutor.check(
                    "attempt", worktree, base, head.get(), agent, claim, this::line));
    var results = judged.gates();
    var refused = results.stream().filter(g -> g.outcome() == Outcome.FAILED).toList();
    if (refused.isEmpty()) {
      var work = insist(() -> work(base, head.get(), judged));
      leave(() -> dispatch.complete(claim.task(), claim.token(), work));
      clear("verified");
    } else {
      attemptExecutor.probe(worktree); // a gate may need what fails for all
      String names = refused.stream().map(GateResult::gate).collect(Collectors.joining(", "));
      String detail = names + ": " + refused.getFirst().summary();
      fail(FailureReason.GATE, detail, results, head.get(), false, null);
    }
  }

  /**
   * Whether an answer came when the agent had ended, which is for the next attempt as one that
   * comes later. Who asks at its end again and again has finished all the same.
   */
  private boolean unheard() {
    return asked
        && exited != null
        && local.answered(claim.attempt(), exited)
        && local.ended(claim.task(), ReleaseReason.ASKED) < ASKED;
  }

  private VerifiedWorkHandler.Work work(String base, String head, Checkpoint.Results judged) {
    var stat = attemptExecutor.stat(base, head);
    var risks = new ArrayList<>(attemptExecutor.risks(base, head));
    risks.addAll(judged.risks());
    return new VerifiedWorkHandler.Work(
        claim.task(),
        claim.title(),
        claim.kind(),
        claim.attempt(),
        agent.name(),
        worktree.branch(),
        base,
        head,
        stat.files(),
        stat.additions(),
        stat.deletions(),
        stat.commits(),
        judged.gates(),
        List.copyOf(risks),
        said);
  }

  /** Stopped from outside: what was done so far is for whoever goes on. */
  private void giveBack() {
    LOG.info("attempt {} stopped", claim.attempt());
    release(ReleaseReason.LOST, "The engine was stopped", lastWork());
    clear("stopped");
  }

  /**
   * What fails for all attempts is nobody's failure: it counts for no try, and others rest until it
   * has passed. Whether it does, a probe tells, and not what this one ran into. What only this task
   * runs into holds nobody else; where it may pass, it is given back a few times, then it is the
   * task's failure.
   */
  private void trouble(HiveException e) {
    var outage = outage();
    if (stopped) {
      giveBack();
      return;
    }
    String why = attemptExecutor.redact(e.getMessage() + " " + e.hint());
    if (outage.isPresent()) {
      circuitBreakers.failed(outage.get());
      giveBack(ReleaseReason.LOST, why);
      return;
    }
    circuitBreakers.served();
    boolean passing = e.outage() || PASSING.contains(e.code());
    var reason = EndReason.of(e.code());
    if (passing && local.ended(claim.task(), reason) + 1 < GIVEN_BACK) {
      giveBack(reason, why);
    } else {
      fail(reason, why, List.of(), passing ? lastWork() : null, passing, null);
    }
  }

  private void giveBack(EndReason reason, String why) {
    LOG.warn("{} is given back: {}", claim.attempt(), why);
    release(reason, why, lastWork());
    clear("given back");
  }

  /** What fails for all attempts now; empty when that serves, whatever this one ran into. */
  private Optional<HiveException> outage() {
    try {
      attemptExecutor.probe();
      return Optional.empty();
    } catch (HiveException e) {
      return Optional.of(e);
    }
  }

  /** What the work of a finished agent waits for. */
  private interface Effect<T> {
    T make() throws InterruptedException;
  }

  /**
   * Does what the work of a finished agent waits for: as long as an outage lasts, but only for a
   * while where nobody else runs into it. What it waits for is told at once.
   */
  private <T> T insist(Effect<T> effect) throws InterruptedException {
    Instant limit = timers.clock().instant().plus(ALONE);
    try {
      while (true) {
        try {
          return effect.make();
        } catch (HiveException e) {
          if (stopped) {
            throw e; // a git that was interrupted says nothing of the repository
          }
          Instant now = timers.clock().instant();
          var outage = outage();
          if (outage.isEmpty() && (!e.outage() || now.isAfter(limit))) {
            throw e;
          }
          waitFor(outage.orElse(e));
          timers.sleep(AGAIN);
        }
      }
    } finally {
      waitsFor = null;
    }
  }

  private void waitFor(HiveException e) {
    String words = e.getMessage() + " " + e.hint();
    if (!words.equals(waitsFor)) {
      waitsFor = words;
      tell("its work waits: " + words);
    }
  }

  /** What it waits for before its work can be kept, in words. */
  Optional<String> waitsFor() {
    return Optional.ofNullable(waitsFor).map(why -> claim.attempt() + " waits: " + why);
  }

  /** The same when nothing more will be done: nobody interrupts that. */
  private String lastWork() {
    leaving();
    return rescued();
  }

  private void leaving() {
    synchronized (exit) {
      leaving = true;
      Thread.interrupted(); // it is heeded by now
    }
  }

  /** Says once what a checkpoint leaves out. */
  private void leftOut(String kind, String text) {
    if (leftOut.add(text)) {
      tell(text);
    }
  }

  /** What was done so far, as a commit; null when nothing was, or it cannot be kept that way. */
  private String rescued() {
    if (worktree == null) {
      return null;
    }
    try {
      return attemptExecutor.checkpoint(worktree, claim, this::leftOut).orElse(checkpoint);
    } catch (RuntimeException e) {
      LOG.warn("no checkpoint of {}: {}", claim.attempt(), e.getMessage());
      return checkpoint;
    }
  }

  private void release(EndReason reason, String detail, String work) {
    leave(() -> dispatch.release(claim.task(), claim.token(), reason, detail, work));
  }

  /**
   * @param work what to go on from, or null to begin anew
   * @param continues whether that is a checkpoint rather than work that was refused
   * @param until when it would go better, or null
   */
  private void fail(
      EndReason reason,
      String words,
      List<GateResult> results,
      String work,
      boolean continues,
      Instant until) {
    String detail = words == null ? null : attemptExecutor.redact(words);
    tell("failed (" + reason.word() + "): " + detail);
    var failure =
        new Dispatch.Failure(
            reason, detail, results, context(reason, detail, results), work, continues, until);
    leave(() -> dispatch.fail(claim.task(), claim.token(), failure));
    clear("failed: " + reason.word());
  }

  /** Its log is not worth more than how it ended. */
  private void tell(String text) {
    try {
      line("hive", text);
    } catch (RuntimeException e) {
      LOG.warn("the log of {}: {}", claim.attempt(), e.getMessage());
    }
  }

  /** The last word: from now on nobody needs to stop it. */
  private void leave(BooleanSupplier last) {
    leaving();
    try {
      if (!kept(last)) {
        LOG.info("{} is over already; what it still had to say changes nothing", claim.attempt());
      }
    } catch (InterruptedException e) {
      LOG.warn("{} could not say how it ended; its lease will run out", claim.attempt());
    }
  }

  /** Tells the queue, also when its disk is full for a while: the work is done, it must count. */
  private boolean kept(BooleanSupplier telling) throws InterruptedException {
    return Store.insist(timers, telling::getAsBoolean);
  }

  private TaskLedger.Context context(EndReason reason, String detail, List<GateResult> results) {
    if (results.isEmpty()) {
      return new TaskLedger.Context(
          "failure",
          "Attempt %d by %s failed (%s): %s"
              .formatted(claim.token(), agent.name(), reason.word(), detail));
    }
    var text = new StringBuilder();
    for (var gate : results) {
      if (gate.outcome() == Outcome.FAILED) {
        text.append("Gate ").append(gate.gate()).append(" failed: ").append(gate.summary());
        gate.findings().stream()
            .limit(20)
            .forEach(f -> text.append("\n- ").append(place(f)).append(f.message()));
        text.append('\n');
      }
    }
    return new TaskLedger.Context("gate", text.toString());
  }

  private static String place(Finding f) {
    return f.file() == null ? "" : f.file() + (f.line() > 0 ? ":" + f.line() : "") + " ";
  }

  /**
   * Its work is kept, its folder goes. What cannot be removed is left for the reconciler to list.
   */
  private void clear(String why) {
    if (worktree != null) {
      try {
        attemptExecutor.clear(worktree, why);
      } catch (RuntimeException e) {
        LOG.warn("worktree {} stays: {}", worktree.path(), e.getMessage());
      }
    }
  }

  // ── what the driver tells ───────────────────────────────────────────────────────────────────

  @Override
  public void line(String kind, String text) {
    String clean = clean(kind, text);
    synchronized (this) {
      told(dispatch.append(claim.task(), claim.token(), kind, clean), kind, clean);
    }
  }

  private String clean(String stream, String text) {
    return streams.computeIfAbsent(stream, s -> attemptExecutor.redactor()).apply(text);
  }

  private static String line(String text) {
    return text.length() > 200 ? text.substring(0, 200) : text;
  }

  @Override
  public void pid(long value) {
    exited = null;
    local.pid(claim.attempt(), value);
  }

  @Override
  public void exited() {
    exited = timers.clock().instant().truncatedTo(ChronoUnit.MILLIS); // as the ledger has it
  }

  @Override
  public void stage(int percent) {
    boolean further;
    synchronized (this) {
      further = percent > stage;
      stage = Math.max(stage, Math.min(percent, 75));
    }
    if (further) {
      keepWork();
      report();
    }
  }

  /** Git may take its time, so nobody waits for it but the agent's own thread. */
  private void keepWork() {
    String work = rescued();
    synchronized (this) {
      checkpoint = work;
    }
  }

  @Override
  public void did(Act act) {
    if (act instanceof Act.Spend spend) {
      if (spend(spend)) {
        keepWork();
        report();
      }
      return;
    }
    tell(act.map(attemptExecutor::redact));
  }

  private synchronized void tell(Act act) {
    told(dispatch.append(claim.task(), claim.token(), act), act.kind(), act.text());
  }

  private void told(long count, String kind, String text) {
    lines = Math.max(lines, count);
    if (!kind.equals("raw")) {
      activity = line(text);
    }
    if (kind.equals("say")) {
      said = activity;
    }
    maybeReport();
  }

  private synchronized boolean spend(Act.Spend told) {
    var spend = told.cost() != null ? told : priced(told);
    boolean keep = charge(spend);
    settle(spend);
    lines = Math.max(lines, dispatch.append(claim.task(), claim.token(), spend));
    maybeReport();
    return keep;
  }

  @Override
  public void soFar(Act.Spend used) {
    boolean keep;
    synchronized (this) {
      var now = priced(used);
      keep = charge(now);
      soFar = now;
      maybeReport();
    }
    if (keep) {
      keepWork();
      report();
    }
  }

  @Override
  public synchronized void untold(boolean now) {
    untold = now;
    if (now) {
      report(); // at once: if the engine is killed, its use must not look like none
    }
  }

  /**
   * Counts it towards the budgets, in the place of what was used so far.
   *
   * @return whether the work so far is to be kept, for it may soon have to end
   */
  private boolean charge(Act.Spend spend) {
    var verdict = budgetTracker.spent(agent, claim, spend, soFar);
    verdict.words().forEach(words -> line("hive", words));
    if (verdict.end() != null) {
      mustEnd = verdict.end();
    }
    return verdict.checkpoint();
  }

  /** What it had used of a turn that it did not come to add up. */
  private synchronized void settle() {
    settle(soFar);
  }

  private void settle(Act.Spend spend) {
    spent = spent.plus(known(spend));
    unpriced += spend.cost() == null ? spend.tokens() : 0;
    soFar = Act.Spend.NOTHING;
  }

  /** Tokens without a known price; those that it has not told count as one. */
  private long unpriced() {
    return unpriced + (soFar.cost() == null ? soFar.tokens() : 0) + (untold ? 1 : 0);
  }

  private static Act.Spend known(Act.Spend spend) {
    return new Act.Spend(spend.in(), spend.cached(), spend.out(), spend.dollars());
  }

  @Override
  public void raw(String kind, String text) {
    dispatch.transcribe(claim.task(), claim.token(), kind, clean("raw " + kind, text));
  }

  @Override
  public synchronized void session(String id, Act.Spend total) {
    boolean first = session == null;
    session = new AgentSession(id, total, worktree.path().toString());
    if (first) {
      report(); // at once: after a crash it is what the next attempt goes on with
    }
  }

  @Override
  public CompletableFuture<Permission.Answer> permit(Permission wanted) {
    var clean =
        new Permission(
            wanted.tool(),
            attemptExecutor.redact(wanted.what()),
            wanted.where() == null ? null : attemptExecutor.redact(wanted.where()),
            wanted.detail() == null ? null : attemptExecutor.redact(wanted.detail()));
    String id = "permission-" + ++permissionsAsked;
    String words = "May it use " + clean.tool() + ": " + clean.what();
    did(new Act.Ask(id, words, null));
    report();
    return permissions
        .permit(claim, clean, worktree.path())
        .whenComplete(
            (answer, e) -> {
              if (answer != null) {
                did(new Act.Ask(id, words, answer.name().toLowerCase(Locale.ROOT)));
              }
            });
  }

  @Override
  public Optional<RunResult> mustEnd() {
    return Optional.ofNullable(mustEnd);
  }

  @Override
  public synchronized void model(String name) {
    model = name;
  }

  /** By the table, where its driver names no price. */
  private Act.Spend priced(Act.Spend spend) {
    return budgetTracker
        .prices()
        .of(model)
        .map(
            price ->
                new Act.Spend(
                    spend.in(),
                    spend.cached(),
                    spend.out(),
                    price.of(spend.in(), spend.cached(), spend.out())))
        .orElse(spend);
  }

  @Override
  public synchronized void used(ResourceUsage now) {
    used = now;
    peak = peak.most(now);
    long since = Math.abs(attemptExecutor.millis() - lastReport); // clocks are set back, too
    if (since >= SAME_MILLIS || since >= USED_MILLIS && !now.near(told)) {
      report();
    }
  }

  @Override
  public CompletableFuture<QuestionAnswer> ask(Question question) {
    return put(question).answer();
  }

  /** Asks as the driver does, for an agent that asks otherwise. */
  Questions.OpenQuestion put(Question wanted) {
    var question = wanted.map(attemptExecutor::redact);
    line("ask", question.question());
    report();
    asked = true;
    var put = questions.put(claim, question);
    if (put.decision() != null && !put.answer().isDone()) {
      open.add(put.answer());
      put.answer().whenComplete((questionAnswer, e) -> open.remove(put.answer()));
    }
    return put;
  }

  @Override
  public boolean waits() {
    return !open.isEmpty();
  }

  @Override
  public Optional<String> said() {
    return Optional.ofNullable(heard.poll());
  }

  private void maybeReport() {
    if (Math.abs(attemptExecutor.millis() - lastReport) >= PROGRESS_MILLIS) {
      report();
    }
  }

  private synchronized void report() {
    lastReport = attemptExecutor.millis();
    told = used;
    dispatch.report(
        claim.task(),
        claim.token(),
        new Dispatch.Report.Progress(
            stage,
            activity,
            lines,
            spent.plus(known(soFar)),
            unpriced(),
            session,
            used,
            quota,
            checkpoint));
  }
}
