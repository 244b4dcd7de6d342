package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.agent.Activity;
import dev.hivedeck.engine.agent.ActivityLog;
import dev.hivedeck.engine.agent.Answer;
import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.Defaults;
import dev.hivedeck.engine.plan.Tasks;
import dev.hivedeck.engine.plan.Verified;
import dev.hivedeck.engine.process.Quota;
import dev.hivedeck.engine.process.Usage;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.protocol.Views.Outcome;
import dev.hivedeck.engine.worktree.Worktree;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One attempt from worktree to verdict, on a thread of its own. It holds no state that matters:
 * what it learns goes to the scheduler, and if it vanishes the ledger still says where things
 * stand.
 */
final class Run implements Activity {
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);
  private static final long PROGRESS_MILLIS = 400;

  /** How often to tell what its processes take, at most if it differs, at least if it does not. */
  private static final long USED_MILLIS = 3_000;

  private static final long SAME_MILLIS = 15_000;

  private final Scheduler scheduler;
  private final Workshop workshop;
  private final Defaults defaults;
  private final AgentSpec agent;
  private final Tasks.Row task;
  private final Attempts.Row attempt;
  private final List<Tasks.Context> decided;
  private final List<String> acceptance;
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private ActivityLog log;
  private Thread thread;
  private volatile boolean stopped;
  private volatile boolean asked;

  private int stage;
  private boolean staged;
  private String activity;
  private long pid;
  private long tokensIn;
  private long tokensOut;
  private double cost;
  private long lastReport;
  private Usage used = Usage.NOTHING;
  private Usage told = Usage.NOTHING;
  private Usage peak = Usage.NOTHING;

  /** What is known of a running attempt, for its row. */
  record Figures(
      int stage,
      boolean staged,
      String activity,
      long lines,
      long pid,
      long tokensIn,
      long tokensOut,
      double cost,
      Usage used,
      Quota quota) {}

  Run(
      Scheduler scheduler,
      Workshop workshop,
      Defaults defaults,
      AgentSpec agent,
      Tasks.Row task,
      Attempts.Row attempt,
      List<Tasks.Context> decided,
      List<String> acceptance) {
    this.scheduler = scheduler;
    this.workshop = workshop;
    this.defaults = defaults;
    this.agent = agent;
    this.task = task;
    this.attempt = attempt;
    this.decided = decided;
    this.acceptance = acceptance;
  }

  String id() {
    return attempt.id();
  }

  String task() {
    return task.id();
  }

  String agent() {
    return agent.name();
  }

  String correlation() {
    return attempt.correlation();
  }

  synchronized void start(Runnable whenOver) {
    thread =
        Thread.ofVirtual()
            .name("attempt-" + attempt.id())
            .start(
                () -> {
                  MDC.put("correlation", attempt.correlation());
                  try {
                    run();
                  } catch (RuntimeException e) {
                    LOG.error("attempt {}", attempt.id(), e);
                  } finally {
                    whenOver.run();
                  }
                });
  }

  /** Ends the agent's processes; the thread then keeps the work and goes. */
  synchronized void stop() {
    stopped = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  void await() {
    try {
      thread.join(java.time.Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void hear(String text) {
    heard.add(text);
  }

  private void run() {
    Worktree worktree = null;
    try (ActivityLog opened = workshop.log(attempt.id())) {
      log = opened;
      worktree = workshop.prepare(task, attempt);
      scheduler.started(this, worktree.branch(), worktree.path().toString(), worktree.base());
      var end = drive(worktree);
      report();
      judge(end, worktree);
    } catch (InterruptedException e) {
      Thread.interrupted();
      LOG.info("attempt {} stopped", attempt.id());
      clear(worktree, "stopped");
    } catch (HiveException e) {
      if (stopped) {
        Thread.interrupted();
        clear(worktree, "stopped");
      } else {
        fail(worktree, e.code(), e.getMessage() + " " + e.hint(), List.of(), null);
      }
    } catch (RuntimeException e) {
      LOG.error("attempt {}", attempt.id(), e);
      fail(worktree, "engine", "Hivedeck itself failed: " + e, List.of(), null);
    } finally {
      workshop.logged(attempt.id());
    }
  }

  private End drive(Worktree worktree) throws InterruptedException {
    var job = workshop.job(task, attempt, agent, worktree, decided, acceptance, defaults);
    try {
      return workshop.driver(agent).run(job, this);
    } finally {
      // Not as a line of its activity: what it did last is worth more. An interrupt would shut it.
      if (peak.processes() > 0 && !Thread.currentThread().isInterrupted()) {
        log.append("hive", "used at most " + peak.words());
      }
    }
  }

  private void judge(End end, Worktree worktree) throws InterruptedException {
    if (scheduler.waiting(this)) {
      scheduler.asked(this);
      clear(worktree, "its task waits for a decision");
      return;
    }
    if (!end.ok()) {
      fail(worktree, end.reason(), end.detail(), List.of(), null);
      return;
    }
    Optional<String> head = workshop.commit(worktree, task, attempt);
    if (head.isEmpty() && asked) {
      scheduler.asked(this);
      clear(worktree, "it asked and ended");
      return;
    }
    if (head.isEmpty()) {
      fail(
          worktree,
          "nothing-changed",
          agent.name() + " ended as if finished, but changed nothing.",
          List.of(),
          null);
      return;
    }
    scheduler.checking(this, head.get());
    var results =
        workshop.check(
            "attempt", worktree.path(), worktree.base(), head.get(), agent, attempt, this);
    var refused = results.stream().filter(g -> g.outcome() == Outcome.FAILED).toList();
    if (refused.isEmpty()) {
      var stat = workshop.stat(worktree.base(), head.get());
      scheduler.succeeded(
          this,
          new Verified.Work(
              task.id(),
              task.title(),
              task.kind(),
              attempt.id(),
              agent.name(),
              worktree.branch(),
              worktree.base(),
              head.get(),
              stat.files(),
              stat.additions(),
              stat.deletions(),
              stat.commits(),
              results));
      clear(worktree, "verified");
    } else {
      String names = refused.stream().map(GateResult::gate).collect(Collectors.joining(", "));
      fail(worktree, "gate", names + ": " + refused.getFirst().summary(), results, head.get());
    }
  }

  /**
   * @param head what to go on from, or null to begin anew
   */
  private void fail(
      Worktree worktree, String reason, String detail, List<GateResult> results, String head) {
    line("hive", "failed (" + reason + "): " + detail);
    try {
      scheduler.failed(this, reason, detail, results, context(reason, detail, results), head);
    } catch (HiveException e) {
      if (!e.code().equals("not-now")) {
        throw e;
      }
      LOG.info("late failure of {} changes nothing: {}", attempt.id(), detail);
    }
    clear(worktree, "failed: " + reason);
  }

  private Tasks.Context context(String reason, String detail, List<GateResult> results) {
    if (results.isEmpty()) {
      return new Tasks.Context(
          "failure",
          "Attempt %d by %s failed (%s): %s"
              .formatted(attempt.number(), agent.name(), reason, detail));
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
    return new Tasks.Context("gate", text.toString());
  }

  private static String place(dev.hivedeck.engine.protocol.Views.Finding f) {
    return f.file() == null ? "" : f.file() + (f.line() > 0 ? ":" + f.line() : "") + " ";
  }

  /**
   * Its work is kept, its folder goes. What cannot be removed is left for the reconciler to list.
   */
  private void clear(Worktree worktree, String why) {
    if (worktree != null) {
      try {
        workshop.clear(worktree, why);
      } catch (RuntimeException e) {
        LOG.warn("worktree {} stays: {}", worktree.path(), e.getMessage());
      }
    }
  }

  // ── what the driver tells ───────────────────────────────────────────────────────────────────

  @Override
  public synchronized void line(String kind, String text) {
    String clean = workshop.redact(text);
    if (log != null) {
      log.append(kind, clean);
    }
    activity = clean.length() > 200 ? clean.substring(0, 200) : clean;
    maybeReport();
  }

  @Override
  public synchronized void pid(long value) {
    pid = value;
    report();
  }

  @Override
  public synchronized void stage(int percent) {
    if (percent > stage) {
      stage = Math.min(percent, 75);
      staged = true;
      report();
    }
  }

  @Override
  public synchronized void usage(long in, long out, double dollars) {
    tokensIn += in;
    tokensOut += out;
    cost += dollars;
    maybeReport();
  }

  @Override
  public synchronized void used(Usage now) {
    used = now;
    peak = peak.most(now);
    long since = workshop.millis() - lastReport;
    if (since >= SAME_MILLIS || since >= USED_MILLIS && !now.near(told)) {
      report();
    }
  }

  @Override
  public CompletableFuture<Answer> ask(Question question) {
    line("ask", question.question());
    report();
    asked = true;
    return scheduler.ask(this, question);
  }

  @Override
  public Optional<String> said() {
    return Optional.ofNullable(heard.poll());
  }

  private void maybeReport() {
    if (workshop.millis() - lastReport >= PROGRESS_MILLIS) {
      report();
    }
  }

  private synchronized void report() {
    lastReport = workshop.millis();
    told = used;
    scheduler.progressed(
        this,
        new Figures(
            stage,
            staged,
            activity,
            log.size(),
            pid,
            tokensIn,
            tokensOut,
            cost,
            used,
            Workshop.quota(agent)));
    staged = false;
  }
}
