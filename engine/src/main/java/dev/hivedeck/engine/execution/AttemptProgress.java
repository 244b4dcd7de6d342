package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.SpokenSections;
import dev.hivedeck.engine.attempt.AgentSession;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.budget.AgentSpending;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.time.Timers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what the driver tells of an agent at work: keeps it in the log of the attempt, charges what
 * it uses, reports how far it is, and takes its questions to where they are answered.
 */
final class AttemptProgress implements RunListener {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptProgress.class);
  private static final long PROGRESS_MILLIS = 400;

  /** How often to tell what its processes take, at most if it differs, at least if it does not. */
  private static final long USED_MILLIS = 3_000;

  private static final long SAME_MILLIS = 15_000;

  private final Dispatch dispatch;
  private final Questions questions;
  private final AttemptExecutor attemptExecutor;
  private final Timers timers;
  private final Claim claim;
  private final LocalNotes local;
  private final AttemptCheckpoint checkpoint;
  private final PermissionPolicy permissions;
  private final AgentSpending spending;
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();

  /** Mask what is kept, one for each stream that it comes in. */
  private final Map<String, UnaryOperator<String>> streams = new ConcurrentHashMap<>();

  /** Answers that it waits for. */
  private final Set<CompletableFuture<QuestionAnswer>> open = ConcurrentHashMap.newKeySet();

  private volatile boolean asked;

  /** When the agent's process ended; null while it runs, or where it has none. */
  private volatile Instant exited;

  private int stage;
  private String activity;
  private String said;
  private final SpokenSections spoken = new SpokenSections();
  private long lines;
  private volatile RunResult mustEnd;
  private int permissionsAsked;
  private AgentSession session;
  private long lastReport;
  private ResourceQuota quota = ResourceQuota.NONE;
  private ResourceUsage used = ResourceUsage.NOTHING;
  private ResourceUsage told = ResourceUsage.NOTHING;
  private ResourceUsage peak = ResourceUsage.NOTHING;

  AttemptProgress(
      Dispatch dispatch,
      Questions questions,
      AttemptExecutor attemptExecutor,
      Timers timers,
      Claim claim,
      LocalNotes local,
      AttemptCheckpoint checkpoint,
      PermissionPolicy permissions,
      AgentSpending spending) {
    this.dispatch = dispatch;
    this.questions = questions;
    this.attemptExecutor = attemptExecutor;
    this.timers = timers;
    this.claim = claim;
    this.local = local;
    this.checkpoint = checkpoint;
    this.permissions = permissions;
    this.spending = spending;
  }

  /** What its processes may take. */
  synchronized void quota(ResourceQuota given) {
    quota = given;
  }

  /** The most that its processes took at any moment. */
  synchronized ResourceUsage peak() {
    return peak;
  }

  /** Whether it has asked anything. */
  boolean asked() {
    return asked;
  }

  /** When the agent's process ended; null while it runs, or where it has none. */
  Instant exitedAt() {
    return exited;
  }

  /** The last that it said to whoever reads along; null when it said nothing. */
  synchronized String lastWords() {
    return said;
  }

  /** What it said of its change, section by section. */
  synchronized Map<DescriptionSection, String> description() {
    return spoken.sections();
  }

  /** Takes a word of the person to the agent. */
  void hear(String text) {
    heard.add(text);
  }

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
      checkpoint.take(this::tell);
      report();
    }
  }

  @Override
  public void did(Act act) {
    if (act instanceof Act.Spend spend) {
      if (spend(spend)) {
        checkpoint.take(this::tell);
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
      spoken.hear(text);
    } else if (kind.equals("out")) { // of a command, which only prints
      spoken.hear(text);
    }
    maybeReport();
  }

  private synchronized boolean spend(Act.Spend told) {
    var spend = told.cost() != null ? told : spending.priced(told);
    boolean keep = heeded(spending.charge(spend));
    spending.settle(spend);
    lines = Math.max(lines, dispatch.append(claim.task(), claim.token(), spend));
    maybeReport();
    return keep;
  }

  @Override
  public void soFar(Act.Spend used) {
    boolean keep;
    synchronized (this) {
      keep = heeded(spending.soFar(spending.priced(used)));
      maybeReport();
    }
    if (keep) {
      checkpoint.take(this::tell);
      report();
    }
  }

  @Override
  public synchronized void untold(boolean now) {
    spending.untold(now);
    if (now) {
      report(); // at once: if the engine is killed, its use must not look like none
    }
  }

  /**
   * Says what a budget has to say.
   *
   * @return whether the work so far is to be kept, for it may soon have to end
   */
  private boolean heeded(BudgetTracker.Verdict verdict) {
    verdict.words().forEach(words -> line("hive", words));
    if (verdict.end() != null) {
      mustEnd = verdict.end();
    }
    return verdict.checkpoint();
  }

  /** The agent has ended: what it had used of a turn that it did not come to add up counts. */
  void ended() {
    synchronized (this) {
      spending.settle();
    }
    report();
  }

  @Override
  public void raw(String kind, String text) {
    dispatch.transcribe(claim.task(), claim.token(), kind, clean("raw " + kind, text));
  }

  @Override
  public synchronized void session(String id, Act.Spend total) {
    boolean first = session == null;
    session = new AgentSession(id, total, checkpoint.folder().toString());
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
        .permit(claim, clean, checkpoint.folder())
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
    spending.model(name);
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
            spending.total(),
            spending.unpriced(),
            session,
            used,
            quota,
            checkpoint.commit()));
  }

  /** Its log is not worth more than how it ended. */
  void tell(String text) {
    try {
      line("hive", text);
    } catch (RuntimeException e) {
      LOG.warn("the log of {}: {}", claim.attempt(), e.getMessage());
    }
  }
}
