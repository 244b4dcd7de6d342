package dev.hivedeck.engine.agent.driver;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.EventParsing;
import dev.hivedeck.engine.agent.dialect.RateLimitReset;
import dev.hivedeck.engine.agent.request.ClientRequest;
import dev.hivedeck.engine.agent.request.ClientRequestHandler;
import dev.hivedeck.engine.agent.watch.LoopDetector;
import dev.hivedeck.engine.agent.watch.OutputThrottle;
import dev.hivedeck.engine.agent.watch.ShellProcess;
import dev.hivedeck.engine.agent.watch.Watchdog;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.failure.FailureReason;
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
final class StreamSession implements ShellProcess.Listener, AutoCloseable {
  /** How long an agent may try again by itself without getting anywhere. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** How often it may find the conversation too long: some never notice that it stays so. */
  private static final int TOO_LONG = 3;

  /** How long it may take to stop by itself when asked, and to go when there is no more to do. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Faults of whoever answers it: over as soon as it is answered again. */
  private static final Set<FailureReason> PASSING =
      EnumSet.of(
          FailureReason.QUOTA,
          FailureReason.OVERLOAD,
          FailureReason.UNREACHABLE,
          FailureReason.EXIT);

  private static final Logger LOG = LoggerFactory.getLogger(StreamSession.class);

  private final RunRequest request;
  private final RunListener listener;
  private final Dialect.Reader reader;
  private final boolean tellsTurns;
  private boolean counts;
  private final boolean open;
  private final ShellProcess shell;
  private final Clock clock;
  private final Watchdog watchdog;
  private final OutputThrottle outputThrottle;
  private final LoopDetector loopDetector = new LoopDetector();
  private final ClientRequestHandler bench;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentLinkedQueue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private String session;
  private Act.Spend total;
  private DialectEvent.Trouble trouble;
  private Instant troubled;
  private int tooLong;
  private boolean untold;
  private String refusal;
  private String lastError;
  private boolean understood;
  private boolean resting;
  private Instant dismissed;
  private RunResult ending;
  private Instant endingSince;

  StreamSession(
      RunRequest request,
      RunListener listener,
      Dialect dialect,
      boolean open,
      ShellProcess shell,
      Clock clock) {
    this.request = request;
    this.listener = listener;
    this.reader = dialect.reading(request);
    this.tellsTurns = dialect.tellsTurns();
    this.counts = tellsTurns;
    this.open = open;
    this.shell = shell;
    this.clock = clock;
    this.watchdog = new Watchdog(request, clock);
    this.outputThrottle = new OutputThrottle(listener, clock);
    this.bench =
        new ClientRequestHandler(
            request.worktree(), request.environment(), request.quota(), request.confinement());
    this.total =
        request.conversation() == null ? Act.Spend.NOTHING : request.conversation().total();
  }

  void send(String line) {
    listener.raw("in", line);
    shell.send(line);
  }

  @Override
  public void started(long pid) {
    listener.pid(pid);
  }

  @Override
  public void exited() {
    listener.exited();
  }

  @Override
  public void line(String kind, String text) {
    if (text.isBlank()) {
      return;
    }
    listener.raw(kind, text);
    if (kind.equals("err")) {
      lastError = text.strip();
      outputThrottle.line(kind, text);
      reader.aside(text).forEach(this::heed);
      return;
    }
    JsonNode event = EventParsing.event(text);
    if (event == null) {
      lastError = text.strip();
      outputThrottle.line(kind, text);
      return;
    }
    List<DialectEvent> heard;
    try {
      heard = reader.read(event);
    } catch (RuntimeException e) {
      LOG.warn("an event of {} is kept as it came: {}", request.agent(), e.toString());
      heard = DialectEvent.did(new Act.Raw(text)); // of a shape that its dialect did not foresee
    }
    heard.forEach(this::heed);
  }

  private void heed(DialectEvent dialectEvent) {
    switch (dialectEvent) {
      case DialectEvent.Did(Act act) -> did(act);
      case DialectEvent.Session(String id) -> {
        understood = true;
        session = id;
        listener.session(id, total);
      }
      case DialectEvent.Model(String name) -> listener.model(name);
      case DialectEvent.Total(Act.Spend spend) -> {
        did(spend.since(total));
        total = spend;
        if (session != null) {
          listener.session(session, total);
        }
      }
      case DialectEvent.SpendSoFar(Act.Spend turn) -> {
        if (tellsTurns) {
          loopDetector.taken(clock.instant());
        }
        counts = true;
        untold(false);
        listener.soFar(turn);
      }
      case DialectEvent.Trouble news -> trouble(news);
      case DialectEvent.Recovered() -> trouble = tooLong < TOO_LONG ? null : trouble;
      case DialectEvent.Refusal(String detail) -> refusal = detail;
      case DialectEvent.PermissionWanted permissionWanted -> permit(permissionWanted);
      case DialectEvent.Call(ClientRequest clientRequest, var reply) ->
          bench.run(clientRequest).thenAccept(outcome -> later(() -> send(reply.apply(outcome))));
      case DialectEvent.Send(String line) -> send(line);
      case DialectEvent.Idle() -> {
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
      loopDetector.taken(clock.instant());
    }
    if (!(act instanceof Act.Spend) && !open) {
      resting = false; // it said that it was done, and goes on
    }
    outputThrottle.did(act);
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
      listener.untold(now);
    }
  }

  private static boolean usedTool(Act act) {
    return act instanceof Act.Run run && run.exit() != null
        || act instanceof Act.Tool tool && tool.ok() != null;
  }

  private void trouble(DialectEvent.Trouble news) {
    tooLong += news.fault() == FailureReason.CONTEXT ? 1 : 0;
    if (trouble == null) {
      troubled = clock.instant();
    }
    trouble =
        new DialectEvent.Trouble(
            news.fault(), TextFormat.shorten(news.detail(), 1_000), news.until(), news.last());
    if (!news.last()) {
      outputThrottle.line("hive", "in trouble, it tries again by itself: " + trouble.detail());
    }
  }

  private void permit(DialectEvent.PermissionWanted permissionWanted) {
    if (unasked(permissionWanted)) {
      send(permissionWanted.reply().apply(Permission.Answer.ONCE));
      return;
    }
    waiting.incrementAndGet();
    listener
        .permit(permissionWanted.permission())
        .thenAccept(
            answer -> {
              waiting.decrementAndGet();
              later(() -> answered(permissionWanted, answer));
            });
  }

  /** Whether it may do that without a question. */
  private boolean unasked(DialectEvent.PermissionWanted permissionWanted) {
    return switch (request.setup().sandbox()) {
      case FULL -> true;
      case WORKSPACE ->
          !permissionWanted.changes().isEmpty()
              && permissionWanted.changes().stream().allMatch(bench::mayChange);
      case READ_ONLY -> false;
    };
  }

  private void answered(DialectEvent.PermissionWanted permissionWanted, Permission.Answer answer) {
    if (answer == Permission.Answer.NO) {
      refusal =
          permissionWanted.permission().tool()
              + " "
              + permissionWanted.permission().what()
              + " was not allowed";
    }
    send(permissionWanted.reply().apply(answer));
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
    while (dismissed == null && reader.listens()) {
      Optional<String> said = listener.said();
      if (said.isEmpty()) {
        break;
      }
      Optional<String> line = reader.say(said.get());
      if (line.isPresent()) {
        any = true;
        resting = false;
        outputThrottle.line("hive", "told: " + said.get());
        send(line.get());
      } else {
        outputThrottle.line("hive", "it does not listen while it works; its next attempt is told");
      }
    }
    return any;
  }

  @Override
  public void used(ResourceUsage usage) {
    listener.used(usage);
    watchdog.used(usage).ifPresent(text -> outputThrottle.line("hive", text));
  }

  @Override
  public RunResult verdict(long heard) {
    outputThrottle.tick();
    for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
    }
    mayGo();
    if (ending != null) {
      return resting || over(endingSince) ? ending : null;
    }
    if (dismissed != null && over(dismissed)) {
      return RunResult.good(); // some do not go by themselves
    }
    var end = listener.mustEnd();
    if (end.isPresent() && !resting) { // what is finished costs nothing more
      return politely(end.get());
    }
    if (loopDetector.runaway()) { // asked to stop, it may still tell what it has used
      return politely(
          RunResult.bad(
              FailureReason.RUNAWAY,
              "It took "
                  + LoopDetector.MOST
                  + " turns within "
                  + TextFormat.of(LoopDetector.WINDOW)
                  + ", as if in a loop."));
    }
    if (trouble != null && hopeless()) {
      return RunResult.bad(trouble.fault(), trouble.detail(), trouble.until());
    }
    var judged = watchdog.verdict(heard + bench.printed(), listener.waits() || waiting.get() > 0);
    return judged != null && Watchdog.WAITED.contains(judged.reason()) ? politely(judged) : judged;
  }

  /** Asks it to stop, where it knows how, so that it can put away what it has; else ends it. */
  private RunResult politely(RunResult result) {
    var line = reader.stop();
    if (line.isEmpty()) {
      return result;
    }
    ending = result;
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
    return trouble.fault() == FailureReason.SIGN_IN || tooLong >= TOO_LONG || longer;
  }

  RunResult end(ShellProcess.Exit exit) {
    reader.pause().forEach(this::heed);
    outputThrottle.flush();
    if (exit.left() > 0 && exit.stopped() == null) {
      listener.line("hive", "ended " + exit.left() + " that it had left running");
    }
    boolean sentAway = dismissed != null && exit.stopped() != null && exit.stopped().ok();
    if (exit.stopped() != null && !sentAway) {
      return exit.stopped();
    }
    if (exit.code() != 0 && exit.refused() != null) {
      return Watchdog.over(request, exit.refused());
    }
    if (trouble != null) {
      return RunResult.bad(trouble.fault(), trouble.detail(), trouble.until());
    }
    if (!understood && exit.code() != 0) {
      return unheard(exit.code());
    }
    if (refusal != null && !request.looks() && !watchdog.changed()) {
      return RunResult.bad(
          FailureReason.REFUSED,
          "It was not allowed to do its work: " + TextFormat.shorten(refusal, 300));
    }
    if (open && !resting && understood && exit.code() == 0) {
      return RunResult.bad(
          FailureReason.EXIT, "It went in the middle of its turn" + lastWords(), null);
    }
    return exit.code() == 0 || open && resting ? RunResult.good() : ended(exit.code());
  }

  /** Not a word that its dialect knows: most likely it did not come to run at all. */
  private RunResult unheard(int code) {
    if (request.confinement() != null && code == 1 && lastError != null && isUnmade(lastError)) {
      return RunResult.unconfined(lastError);
    }
    if (code == 126 || code == 127) {
      return RunResult.bad(
          FailureReason.NOT_FOUND,
          "Its program could not be run (exit %d)%s Install it; hivedeck doctor tells how."
              .formatted(code, lastWords()));
    }
    var failureReason = FailureClassifier.of(0, lastError);
    return failureReason == FailureReason.EXIT
        ? ended(code)
        : RunResult.bad(
            failureReason, TextFormat.shorten(lastError, 500), RateLimitReset.in(lastError, clock));
  }

  private static boolean isUnmade(String error) {
    return error.startsWith("bwrap: ");
  }

  private RunResult ended(int code) {
    var failureReason = FailureClassifier.of(0, lastError);
    if (failureReason == FailureReason.UNREACHABLE || failureReason == FailureReason.OVERLOAD) {
      return RunResult.bad(failureReason, TextFormat.shorten(lastError, 500));
    }
    return code > 128 && code < 160
        ? RunResult.bad(FailureReason.CRASH, "It was ended by signal " + (code - 128) + lastWords())
        : RunResult.bad(FailureReason.EXIT, "It ended with exit " + code + lastWords());
  }

  private String lastWords() {
    return lastError == null ? "." : ": " + TextFormat.shorten(lastError, 500);
  }

  @Override
  public void close() {
    bench.close();
  }
}
