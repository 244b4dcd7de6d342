package dev.hivedeck.engine.agent.driver;

import dev.hivedeck.engine.agent.Activity;
import dev.hivedeck.engine.agent.Answer;
import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.Words;
import dev.hivedeck.engine.agent.watch.Chatter;
import dev.hivedeck.engine.agent.watch.LineReader;
import dev.hivedeck.engine.agent.watch.Shell;
import dev.hivedeck.engine.agent.watch.Watch;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.Usage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.Timers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Any command as an agent. The prompt arrives on its standard input, which then ends, and is in
 * {@code HIVEDECK_PROMPT_FILE}. What it prints is its activity; lines that are a {@link Message}
 * report progress and use, and ask questions. Answers, and what a person says, are appended to
 * {@code HIVEDECK_INBOX_FILE}; an agent that does not look there may simply end after asking, for
 * its next prompt tells.
 */
public final class CommandDriver implements Driver {
  private final Timers timers;
  private final Meter meter;

  /** One whose agents are measured by themselves. */
  public CommandDriver(Timers timers) {
    this(timers, new Meter());
  }

  /**
   * @param meter measures all agents at once
   */
  public CommandDriver(Timers timers, Meter meter) {
    this.timers = timers;
    this.meter = meter;
  }

  @Override
  public End run(Job job, Activity activity) throws InterruptedException {
    var environment = new HashMap<>(job.environment());
    try (var inbox = Inbox.beside(job.promptFile())) {
      environment.put(Inbox.VARIABLE, inbox.file().toString());
      var listening = new Listening(job, activity, inbox, timers);
      activity.untold(true); // what it uses only it can tell
      var shell = new Shell(timers, Watch.every(job), meter, LineReader.LONGEST);
      shell.write(job.prompt());
      shell.finish();
      var exit = shell.run(job.command(), environment, job, listening);
      return listening.end(exit);
    } catch (HiveException e) {
      return End.bad(e.code(), e.getMessage() + " " + e.hint());
    }
  }

  /** One run, being heard. */
  private static final class Listening implements Shell.Listener {
    private static final String UNMADE = "bwrap: ";
    private static final int QUESTIONS = 20;
    private static final int TAIL = 15;

    /** How agents that need not exit badly tell that they were not allowed to do their work. */
    private static final Pattern REFUSED =
        Pattern.compile(
            "rejected permission to use"
                + "|permission (was )?denied by (the )?(user|policy)"
                + "|(not allowed|blocked|denied) by (the )?(sandbox|policy|permission)"
                + "|tool (call|use) (was )?(denied|rejected)"
                + "|requested permissions? to .{1,200} but you haven't granted"
                + "|\"permission_denials\":\\s*\\[\\s*\\{",
            Pattern.CASE_INSENSITIVE);

    private static final Map<Integer, String> SIGNALS =
        Map.of(
            1, "HUP", 2, "INT", 4, "ILL", 6, "ABRT", 7, "BUS", 8, "FPE", 9, "KILL", 11, "SEGV", 13,
            "PIPE", 15, "TERM");

    private final Job job;
    private final Activity activity;
    private final Inbox inbox;
    private final Watch watch;
    private final Chatter chatter;
    private final List<CompletableFuture<Answer>> asked = new ArrayList<>();
    private final Deque<String> tail = new ArrayDeque<>();
    private String lastError;
    private String lastWord = "";

    Listening(Job job, Activity activity, Inbox inbox, Timers timers) {
      this.job = job;
      this.activity = activity;
      this.inbox = inbox;
      this.watch = new Watch(job, timers.clock());
      this.chatter = new Chatter(activity, timers.clock());
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
      if (!text.isBlank()) {
        remember(kind, text.strip());
      }
      Optional<Message> message = kind.equals("out") ? Message.of(text) : Optional.empty();
      if (message.isEmpty() || !heed(message.get())) {
        chatter.line(kind, text);
      }
    }

    private void remember(String kind, String text) {
      lastWord = text;
      if (kind.equals("err")) {
        lastError = text;
      }
      tail.add(text);
      if (tail.size() > TAIL) {
        tail.poll();
      }
    }

    /** Whether the message was taken for what it says. */
    private boolean heed(Message message) {
      switch (message) {
        case Message.Tell(String kind, String text) -> chatter.line(kind, text);
        case Message.Progress(int stage, String text) -> {
          activity.stage(stage);
          if (text != null) {
            chatter.line("say", text);
          }
        }
        case Message.Usage(Act.Spend spend) -> {
          activity.untold(false);
          activity.did(spend);
        }
        case Message.Ask(Question question) -> {
          if (asked.size() == QUESTIONS) {
            return false; // nobody answers more of one attempt; the rest is output
          }
          var answer = activity.ask(question);
          answer.thenAccept(given -> inbox.answered(question, given));
          asked.add(answer);
        }
      }
      return true;
    }

    @Override
    public void used(Usage usage) {
      activity.used(usage);
      watch.used(usage).ifPresent(text -> chatter.line("hive", text));
    }

    @Override
    public End verdict(long heard) {
      chatter.tick();
      for (var said = activity.said(); said.isPresent(); said = activity.said()) {
        inbox.said(said.get());
      }
      var end = activity.mustEnd();
      if (end.isPresent()) {
        return end.get();
      }
      boolean waits = activity.waits() || asked.stream().anyMatch(answer -> !answer.isDone());
      return watch.verdict(heard, waits);
    }

    End end(Shell.Exit exit) {
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
      if (job.confinement() != null && exit.code() == 1 && lastWord.startsWith(UNMADE)) {
        return End.unconfined(lastWord);
      }
      if (exit.code() == 126 || exit.code() == 127) {
        return End.bad(
            "not-found",
            "\"%s\" could not be run (exit %d)%s Install it, or correct run: of agent %s."
                .formatted(
                    Words.shorten(job.command(), 200), exit.code(), lastWords(), job.agent()));
      }
      Optional<String> refusal = tail.stream().filter(t -> REFUSED.matcher(t).find()).findFirst();
      if (refusal.isPresent() && (exit.code() != 0 || !watch.changed())) {
        return End.bad(
            "refused",
            "It was not allowed to do its work: "
                + Words.shorten(refusal.get(), 300)
                + " – give agent "
                + job.agent()
                + " the permissions it needs.");
      }
      if (exit.code() == 0) {
        return End.good();
      }
      String signal = SIGNALS.get(exit.code() - 128);
      return signal == null
          ? End.bad("exit", "It ended with exit " + exit.code() + lastWords())
          : End.bad("crash", crash(exit.code() - 128, signal));
    }

    private String crash(int number, String name) {
      return "It was ended by signal "
          + number
          + " ("
          + name
          + ")"
          + switch (number) {
            case 9 -> ", from outside; perhaps the machine was short of memory.";
            case 1, 2, 15 -> ", from outside.";
            default -> lastWords();
          };
    }

    private String lastWords() {
      String said = lastError == null ? lastWord : lastError;
      return said.isEmpty() ? "." : ": " + Words.shorten(said, 500);
    }
  }
}
