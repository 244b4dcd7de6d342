package dev.hivedeck.engine.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.Usage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.time.Timers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Runs an agent that prints its activity as JSON, an event per line, by its {@link Dialect}. What
 * it does not understand is kept and shown as it came; nothing an agent prints ends a run. How the
 * run went is judged by what was heard, not by the exit code.
 */
public final class StreamDriver implements Driver {
  /** A longer line is no event; it is kept as text, cut. */
  static final int LONGEST_EVENT = 16 << 20;

  private final Dialect dialect;
  private final Timers timers;
  private final Meter meter;

  private StreamDriver(Dialect dialect, Timers timers, Meter meter) {
    this.dialect = dialect;
    this.timers = timers;
    this.meter = meter;
  }

  static StreamDriver of(Dialect dialect, Timers timers, Meter meter) {
    return new StreamDriver(dialect, timers, meter);
  }

  @Override
  public End run(Job job, Activity activity) throws InterruptedException {
    End end = once(job, activity);
    if (job.conversation() != null && Fault.NO_SESSION.word().equals(end.reason())) {
      activity.line("hive", "its conversation is gone, it begins a new one");
      return once(job.afresh(), activity);
    }
    return end;
  }

  private End once(Job job, Activity activity) throws InterruptedException {
    var launch = dialect.launch(job);
    var environment = new HashMap<>(job.environment());
    environment.putAll(launch.environment());
    var shell = new Shell(timers, Watch.every(job), meter, LONGEST_EVENT);
    var listening =
        new Listening(job, activity, dialect.reading(job), launch.open(), shell, timers.clock());
    launch.input().forEach(line -> listening.send(line));
    if (!launch.open()) {
      shell.finish();
    }
    try {
      var exit =
          shell.run(quoted(launch.command()), job.worktree(), environment, job.quota(), listening);
      return listening.end(exit);
    } catch (HiveException e) {
      return End.bad(e.code(), e.getMessage() + " " + e.hint());
    }
  }

  /** A line as an event; null when it is none. */
  static JsonNode event(String text) {
    if (!text.startsWith("{")) {
      return null;
    }
    try {
      JsonNode node = Json.MAPPER.readTree(text);
      return node.isObject() ? node : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** For the shell, which replaces itself by the program. */
  static String quoted(List<String> command) {
    return command.stream()
        .map(word -> word.matches("[A-Za-z0-9_./:=@,+-]+") ? word : quote(word))
        .collect(Collectors.joining(" ", System.lineSeparator().equals("\n") ? "exec " : "", ""));
  }

  private static String quote(String word) {
    return System.lineSeparator().equals("\n")
        ? "'" + word.replace("'", "'\\''") + "'"
        : "\"" + word.replace("\"", "\\\"") + "\"";
  }

  /** One run, being heard. */
  private static final class Listening implements Shell.Listener {
    /** How long an agent may try again by itself without getting anywhere. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** How often it may find the conversation too long: some never notice that it stays so. */
    private static final int TOO_LONG = 3;

    private final Job job;
    private final Activity activity;
    private final Dialect.Reading reading;
    private final boolean open;
    private final Shell shell;
    private final Clock clock;
    private final Watch watch;
    private final Chatter chatter;
    private final Turns turns = new Turns();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ConcurrentLinkedQueue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private String session;
    private Act.Spend total;
    private Heard.Trouble trouble;
    private Instant troubled;
    private int tooLong;
    private String refusal;
    private String lastError;
    private boolean understood;
    private int running;

    Listening(
        Job job,
        Activity activity,
        Dialect.Reading reading,
        boolean open,
        Shell shell,
        Clock clock) {
      this.job = job;
      this.activity = activity;
      this.reading = reading;
      this.open = open;
      this.shell = shell;
      this.clock = clock;
      this.watch = new Watch(job, clock);
      this.chatter = new Chatter(activity, clock);
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
    public void line(String kind, String text) {
      if (text.isBlank()) {
        return;
      }
      activity.raw(kind, text);
      if (kind.equals("err")) {
        lastError = text.strip();
        chatter.line(kind, text);
        return;
      }
      JsonNode event = event(text);
      if (event == null) {
        lastError = text.strip();
        chatter.line(kind, text);
        return;
      }
      List<Heard> heard;
      try {
        heard = reading.read(event);
      } catch (RuntimeException e) {
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
        case Heard.Total(Act.Spend spend) -> {
          did(spend.since(total));
          total = spend;
          if (session != null) {
            activity.session(session, total);
          }
        }
        case Heard.Trouble news -> trouble(news);
        case Heard.Well() -> trouble = null;
        case Heard.Refusal(String detail) -> refusal = detail;
        case Heard.Wants wants -> permit(wants);
        case Heard.Send(String line) -> send(line);
        case Heard.Rests() -> rests();
      }
    }

    private void did(Act act) {
      understood |= !(act instanceof Act.Raw);
      if (act instanceof Act.Spend) {
        turns.taken(clock.instant());
      } else if (act instanceof Act.Run(String id, String c, String o, Integer exit)) {
        running = Math.max(0, running + (exit == null ? 1 : -1));
      }
      chatter.did(act);
    }

    private void trouble(Heard.Trouble news) {
      tooLong += news.fault() == Fault.CONTEXT ? 1 : 0;
      if (trouble == null) {
        troubled = clock.instant();
      }
      trouble = news;
      if (!news.last()) {
        chatter.line("hive", "in trouble, it tries again by itself: " + news.detail());
      }
    }

    private void permit(Heard.Wants wants) {
      waiting.incrementAndGet();
      activity
          .permit(wants.permission())
          .thenAccept(
              answer -> {
                waiting.decrementAndGet();
                answers.add(() -> answered(wants, answer));
                shell.nudge();
              });
    }

    private void answered(Heard.Wants wants, Permission.Answer answer) {
      if (answer == Permission.Answer.NO) {
        refusal = wants.permission().tool() + " " + wants.permission().what() + " was not allowed";
      }
      send(wants.reply().apply(answer));
    }

    /** Its turn is over: what was said to it meanwhile is the next one, else it may go. */
    private void rests() {
      if (!hear() && open && waiting.get() == 0) {
        shell.finish();
      }
    }

    /** Whether anything was said to it. */
    private boolean hear() {
      boolean any = false;
      for (var said = activity.said(); said.isPresent(); said = activity.said()) {
        Optional<String> line = reading.say(said.get());
        if (line.isPresent()) {
          any = true;
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
      hear();
      var end = activity.mustEnd();
      if (end.isPresent()) {
        return end.get();
      }
      if (turns.runaway()) {
        return bad(
            Fault.RUNAWAY,
            "It took "
                + Turns.MOST
                + " turns within "
                + Words.of(Turns.WINDOW)
                + ", as if in a loop.",
            null);
      }
      if (trouble != null && hopeless()) {
        return bad(trouble.fault(), trouble.detail(), trouble.until());
      }
      return watch.verdict(heard, waiting.get() > 0);
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
      if (exit.stopped() != null) {
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
            Fault.REFUSED,
            "It was not allowed to do its work: " + Words.shorten(refusal, 300),
            null);
      }
      return exit.code() == 0 ? End.good() : ended(exit.code());
    }

    /** Not a word that its dialect knows: most likely it did not come to run at all. */
    private End unheard(int code) {
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

    private End ended(int code) {
      return code > 128 && code < 160
          ? End.bad("crash", "It was ended by signal " + (code - 128) + lastWords())
          : End.bad("exit", "It ended with exit " + code + lastWords());
    }

    private String lastWords() {
      return lastError == null ? "." : ": " + Words.shorten(lastError, 500);
    }
  }
}
