package dev.hivedeck.engine.agent.driver;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.Activity;
import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Fault;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Words;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.Events;
import dev.hivedeck.engine.agent.dialect.Heard;
import dev.hivedeck.engine.agent.dialect.Resets;
import dev.hivedeck.engine.agent.request.Errand;
import dev.hivedeck.engine.agent.request.Workbench;
import dev.hivedeck.engine.agent.watch.Chatter;
import dev.hivedeck.engine.agent.watch.Shell;
import dev.hivedeck.engine.agent.watch.Turns;
import dev.hivedeck.engine.agent.watch.Watch;
import dev.hivedeck.engine.process.Usage;
import dev.hivedeck.engine.protocol.Act;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of an agent, being heard by its {@link Dialect}: passes on what it does, gives it what it
 * asks for, and judges how it goes.
 */
final class Listening implements Shell.Listener, AutoCloseable {
  /** How long an agent may try again by itself without getting anywhere. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** How often it may find the conversation too long: some never notice that it stays so. */
  private static final int TOO_LONG = 3;

  /** How long it may take to stop by itself when asked, and to go when there is no more to do. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Faults of whoever answers it: over as soon as it is answered again. */
  private static final Set<Fault> PASSING =
      EnumSet.of(Fault.QUOTA, Fault.OVERLOAD, Fault.UNREACHABLE, Fault.EXIT);

  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  private final Job job;
  private final Activity activity;
  private final Dialect.Reading reading;
  private final boolean tellsTurns;
  private boolean counts;
  private final boolean open;
  private final Shell shell;
  private final Clock clock;
  private final Watch watch;
  private final Chatter chatter;
  private final Turns turns = new Turns();
  private final Workbench bench;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentLinkedQueue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private String session;
  private Act.Spend total;
  private Heard.Trouble trouble;
  private Instant troubled;
  private int tooLong;
  private boolean untold;
  private String refusal;
  private String lastError;
  private boolean understood;
  private boolean resting;
  private Instant dismissed;
  private End ending;
  private Instant endingSince;

  Listening(Job job, Activity activity, Dialect dialect, boolean open, Shell shell, Clock clock) {
    this.job = job;
    this.activity = activity;
    this.reading = dialect.reading(job);
    this.tellsTurns = dialect.tellsTurns();
    this.counts = tellsTurns;
    this.open = open;
    this.shell = shell;
    this.clock = clock;
    this.watch = new Watch(job, clock);
    this.chatter = new Chatter(activity, clock);
    this.bench = new Workbench(job.worktree(), job.environment(), job.quota(), job.confinement());
    this.total = job.conversation() == null ? Act.Spend.NOTHING : job.conversation().total();
  }

  void send(String line) {
    activity.raw("in", line);
    shell.send(line);
  }

  @Override
  public void started(long pid) {
    activity.pid(pid);
  }

  @Override
  public void exited() {
    activity.exited();
  }

  @Override
  public void line(String kind, String text) {
    if (text.isBlank()) {
      return;
    }
    activity.raw(kind, text);
    if (kind.equals("err")) {
      lastError = text.strip();
      chatter.line(kind, text);
      reading.aside(text).forEach(this::heed);
      return;
    }
    JsonNode event = Events.event(text);
    if (event == null) {
      lastError = text.strip();
      chatter.line(kind, text);
      return;
    }
    List<Heard> heard;
    try {
      heard = reading.read(event);
    } catch (RuntimeException e) {
      LOG.warn("an event of {} is kept as it came: {}", job.agent(), e.toString());
      heard = Heard.did(new Act.Raw(text)); // of a shape that its dialect did not foresee
    }
    heard.forEach(this::heed);
  }

  private void heed(Heard heard) {
    switch (heard) {
      case Heard.Did(Act act) -> did(act);
      case Heard.Session(String id) -> {
        understood = true;
        session = id;
        activity.session(id, total);
      }
      case Heard.Model(String name) -> activity.model(name);
      case Heard.Total(Act.Spend spend) -> {
        did(spend.since(total));
        total = spend;
        if (session != null) {
          activity.session(session, total);
        }
      }
      case Heard.SoFar(Act.Spend turn) -> {
        if (tellsTurns) {
          turns.taken(clock.instant());
        }
        counts = true;
        untold(false);
        activity.soFar(turn);
      }
      case Heard.Trouble news -> trouble(news);
      case Heard.Well() -> trouble = tooLong < TOO_LONG ? null : trouble;
      case Heard.Refusal(String detail) -> refusal = detail;
      case Heard.Wants wants -> permit(wants);
      case Heard.Call(Errand errand, var reply) ->
          bench.run(errand).thenAccept(outcome -> later(() -> send(reply.apply(outcome))));
      case Heard.Send(String line) -> send(line);
      case Heard.Rests() -> {
        resting = true;
        mayGo();
      }
    }
  }

  private void did(Act act) {
    understood |= !(act instanceof Act.Raw);
    boolean used = act instanceof Act.Spend spend && spend.tokens() + spend.dollars() > 0;
    if (trouble != null && PASSING.contains(trouble.fault()) && (used || begun(act))) {
      trouble = null;
    }
    if (used) {
      untold(false);
    } else if (!counts && begun(act)) {
      untold(true);
    }
    if (tellsTurns ? act instanceof Act.Spend : usedTool(act)) {
      turns.taken(clock.instant());
    }
    if (!(act instanceof Act.Spend) && !open) {
      resting = false; // it said that it was done, and goes on
    }
    chatter.did(act);
  }

  /** Whether it shows that its model has just answered. */
  private static boolean begun(Act act) {
    return switch (act) {
      case Act.Say _, Act.Think _, Act.Plan _, Act.Read _ -> true;
      case Act.Run run -> run.exit() == null;
      case Act.Tool tool -> tool.ok() == null;
      case Act.Edit _ -> true;
      case Act.Ask _, Act.Spend _, Act.Raw _ -> false;
    };
  }

  /** Whether it has used more than it has told. */
  private void untold(boolean now) {
    if (untold != now) {
      untold = now;
      activity.untold(now);
    }
  }

  private static boolean usedTool(Act act) {
    return act instanceof Act.Run run && run.exit() != null
        || act instanceof Act.Tool tool && tool.ok() != null;
  }

  private void trouble(Heard.Trouble news) {
    tooLong += news.fault() == Fault.CONTEXT ? 1 : 0;
    if (trouble == null) {
      troubled = clock.instant();
    }
    trouble =
        new Heard.Trouble(
            news.fault(), Words.shorten(news.detail(), 1_000), news.until(), news.last());
    if (!news.last()) {
      chatter.line("hive", "in trouble, it tries again by itself: " + trouble.detail());
    }
  }

  private void permit(Heard.Wants wants) {
    if (unasked(wants)) {
      send(wants.reply().apply(Permission.Answer.ONCE));
      return;
    }
    waiting.incrementAndGet();
    activity
        .permit(wants.permission())
        .thenAccept(
            answer -> {
              waiting.decrementAndGet();
              later(() -> answered(wants, answer));
            });
  }

  /** Whether it may do that without a question. */
  private boolean unasked(Heard.Wants wants) {
    return switch (job.setup().sandbox()) {
      case FULL -> true;
      case WORKSPACE ->
          !wants.changes().isEmpty() && wants.changes().stream().allMatch(bench::mayChange);
      case READ_ONLY -> false;
    };
  }

  private void answered(Heard.Wants wants, Permission.Answer answer) {
    if (answer == Permission.Answer.NO) {
      refusal = wants.permission().tool() + " " + wants.permission().what() + " was not allowed";
    }
    send(wants.reply().apply(answer));
  }

  /** To be done by the thread that runs the agent. */
  private void later(Runnable answer) {
    answers.add(answer);
    shell.nudge();
  }

  /** Its turn is over: what was said to it meanwhile is the next one, else it may go. */
  private void mayGo() {
    if (ending == null && !hear() && resting && open && dismissed == null && waiting.get() == 0) {
      dismissed = clock.instant();
      shell.finish();
    }
  }

  /** Whether anything was said to it. */
  private boolean hear() {
    boolean any = false;
    while (dismissed == null && reading.listens()) {
      Optional<String> said = activity.said();
      if (said.isEmpty()) {
        break;
      }
      Optional<String> line = reading.say(said.get());
      if (line.isPresent()) {
        any = true;
        resting = false;
        chatter.line("hive", "told: " + said.get());
        send(line.get());
      } else {
        chatter.line("hive", "it does not listen while it works; its next attempt is told");
      }
    }
    return any;
  }

  @Override
  public void used(Usage usage) {
    activity.used(usage);
    watch.used(usage).ifPresent(text -> chatter.line("hive", text));
  }

  @Override
  public End verdict(long heard) {
    chatter.tick();
    for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
    }
    mayGo();
    if (ending != null) {
      return resting || over(endingSince) ? ending : null;
    }
    if (dismissed != null && over(dismissed)) {
      return End.good(); // some do not go by themselves
    }
    var end = activity.mustEnd();
    if (end.isPresent() && !resting) { // what is finished costs nothing more
      return politely(end.get());
    }
    if (turns.runaway()) { // asked to stop, it may still tell what it has used
      return politely(
          bad(
              Fault.RUNAWAY,
              "It took "
                  + Turns.MOST
                  + " turns within "
                  + Words.of(Turns.WINDOW)
                  + ", as if in a loop.",
              null));
    }
    if (trouble != null && hopeless()) {
      return bad(trouble.fault(), trouble.detail(), trouble.until());
    }
    var judged = watch.verdict(heard + bench.printed(), activity.waits() || waiting.get() > 0);
    return judged != null && Watch.WAITED.contains(judged.reason()) ? politely(judged) : judged;
  }

  /** Asks it to stop, where it knows how, so that it can put away what it has; else ends it. */
  private End politely(End end) {
    var line = reading.stop();
    if (line.isEmpty()) {
      return end;
    }
    ending = end;
    endingSince = clock.instant();
    send(line.get());
    return null;
  }

  private boolean over(Instant since) {
    return Duration.between(since, clock.instant()).compareTo(GRACE) >= 0;
  }

  /** Whether it will not help to let it try again. */
  private boolean hopeless() {
    boolean longer =
        Duration.between(troubled, clock.instant()).compareTo(PATIENCE) > 0
            || trouble.until() != null && trouble.until().isAfter(clock.instant().plus(PATIENCE));
    return trouble.fault() == Fault.SIGN_IN || tooLong >= TOO_LONG || longer;
  }

  private End bad(Fault fault, String detail, Instant until) {
    return End.bad(fault.word(), detail, until);
  }

  End end(Shell.Exit exit) {
    reading.pause().forEach(this::heed);
    chatter.flush();
    if (exit.left() > 0 && exit.stopped() == null) {
      activity.line("hive", "ended " + exit.left() + " that it had left running");
    }
    boolean sentAway = dismissed != null && exit.stopped() != null && exit.stopped().ok();
    if (exit.stopped() != null && !sentAway) {
      return exit.stopped();
    }
    if (exit.code() != 0 && exit.refused() != null) {
      return Watch.over(job, exit.refused());
    }
    if (trouble != null) {
      return bad(trouble.fault(), trouble.detail(), trouble.until());
    }
    if (!understood && exit.code() != 0) {
      return unheard(exit.code());
    }
    if (refusal != null && !watch.changed()) {
      return bad(
          Fault.REFUSED, "It was not allowed to do its work: " + Words.shorten(refusal, 300), null);
    }
    if (open && !resting && understood && exit.code() == 0) {
      return bad(Fault.EXIT, "It went in the middle of its turn" + lastWords(), null);
    }
    return exit.code() == 0 || open && resting ? End.good() : ended(exit.code());
  }

  /** Not a word that its dialect knows: most likely it did not come to run at all. */
  private End unheard(int code) {
    if (job.confinement() != null && code == 1 && lastError != null && isUnmade(lastError)) {
      return End.unconfined(lastError);
    }
    if (code == 126 || code == 127) {
      return End.bad(
          "not-found",
          "Its program could not be run (exit %d)%s Install it; hivedeck doctor tells how."
              .formatted(code, lastWords()));
    }
    var fault = Fault.of(0, lastError);
    return fault == Fault.EXIT
        ? ended(code)
        : bad(fault, Words.shorten(lastError, 500), Resets.in(lastError, clock));
  }

  private static boolean isUnmade(String error) {
    return error.startsWith("bwrap: ");
  }

  private End ended(int code) {
    var fault = Fault.of(0, lastError);
    if (fault == Fault.UNREACHABLE || fault == Fault.OVERLOAD) {
      return bad(fault, Words.shorten(lastError, 500), null);
    }
    return code > 128 && code < 160
        ? End.bad("crash", "It was ended by signal " + (code - 128) + lastWords())
        : End.bad("exit", "It ended with exit " + code + lastWords());
  }

  private String lastWords() {
    return lastError == null ? "." : ": " + Words.shorten(lastError, 500);
  }

  @Override
  public void close() {
    bench.close();
  }
}
