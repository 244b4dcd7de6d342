package dev.hivedeck.engine.agent.driver;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.agent.watch.LineReader;
import dev.hivedeck.engine.agent.watch.OutputThrottle;
import dev.hivedeck.engine.agent.watch.ShellProcess;
import dev.hivedeck.engine.agent.watch.Watchdog;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
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
 * {@code HIVEDECK_PROMPT_FILE}. What it prints is its activity; lines that are a {@link
 * AgentMessage} report progress and use, and ask questions. Answers, and what a person says, are
 * appended to {@code HIVEDECK_INBOX_FILE}; an agent that does not look there may simply end after
 * asking, for its next prompt tells.
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
  public RunResult run(RunRequest request, RunListener listener) throws InterruptedException {
    var environment = new HashMap<>(request.environment());
    try (var inbox = Inbox.beside(request.promptFile())) {
      environment.put(Inbox.VARIABLE, inbox.file().toString());
      var commandSession = new CommandSession(request, listener, inbox, timers);
      listener.untold(true); // what it uses only it can tell
      var shell = new ShellProcess(timers, Watchdog.every(request), meter, LineReader.LONGEST);
      shell.write(request.prompt());
      shell.finish();
      var exit = shell.run(request.command(), environment, request, commandSession);
      return commandSession.end(exit);
    } catch (HiveException e) {
      return RunResult.bad(EndReason.of(e.code()), e.getMessage() + " " + e.hint());
    }
  }

  /** One run, being heard. */
  private static final class CommandSession implements ShellProcess.Listener {
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

    private final RunRequest request;
    private final RunListener listener;
    private final Inbox inbox;
    private final Watchdog watchdog;
    private final OutputThrottle outputThrottle;
    private final List<CompletableFuture<QuestionAnswer>> asked = new ArrayList<>();
    private final Deque<String> tail = new ArrayDeque<>();
    private String lastError;
    private String lastWord = "";

    CommandSession(RunRequest request, RunListener listener, Inbox inbox, Timers timers) {
      this.request = request;
      this.listener = listener;
      this.inbox = inbox;
      this.watchdog = new Watchdog(request, timers.clock());
      this.outputThrottle = new OutputThrottle(listener, timers.clock());
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
      if (!text.isBlank()) {
        remember(kind, text.strip());
      }
      Optional<AgentMessage> message =
          kind.equals("out") ? AgentMessage.of(text) : Optional.empty();
      if (message.isEmpty() || !heed(message.get())) {
        outputThrottle.line(kind, text);
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
    private boolean heed(AgentMessage agentMessage) {
      switch (agentMessage) {
        case AgentMessage.Tell(String kind, String text) -> outputThrottle.line(kind, text);
        case AgentMessage.Progress(int stage, String text) -> {
          listener.stage(stage);
          if (text != null) {
            outputThrottle.line("say", text);
          }
        }
        case AgentMessage.Usage(Act.Spend spend) -> {
          listener.untold(false);
          listener.did(spend);
        }
        case AgentMessage.Ask(Question question) -> {
          if (asked.size() == QUESTIONS) {
            return false; // nobody answers more of one attempt; the rest is output
          }
          var answer = listener.ask(question);
          answer.thenAccept(given -> inbox.answered(question, given));
          asked.add(answer);
        }
      }
      return true;
    }

    @Override
    public void used(ResourceUsage usage) {
      listener.used(usage);
      watchdog.used(usage).ifPresent(text -> outputThrottle.line("hive", text));
    }

    @Override
    public RunResult verdict(long heard) {
      outputThrottle.tick();
      for (var said = listener.said(); said.isPresent(); said = listener.said()) {
        inbox.said(said.get());
      }
      var end = listener.mustEnd();
      if (end.isPresent()) {
        return end.get();
      }
      boolean waits = listener.waits() || asked.stream().anyMatch(answer -> !answer.isDone());
      return watchdog.verdict(heard, waits);
    }

    RunResult end(ShellProcess.Exit exit) {
      outputThrottle.flush();
      if (exit.left() > 0 && exit.stopped() == null) {
        listener.line("hive", "ended " + exit.left() + " that it had left running");
      }
      if (exit.stopped() != null) {
        return exit.stopped();
      }
      if (exit.code() != 0 && exit.refused() != null) {
        return Watchdog.over(request, exit.refused());
      }
      if (request.confinement() != null && exit.code() == 1 && lastWord.startsWith(UNMADE)) {
        return RunResult.unconfined(lastWord);
      }
      if (exit.code() == 126 || exit.code() == 127) {
        return RunResult.bad(
            FailureReason.NOT_FOUND,
            "\"%s\" could not be run (exit %d)%s Install it, or correct run: of agent %s."
                .formatted(
                    TextFormat.shorten(request.command(), 200),
                    exit.code(),
                    lastWords(),
                    request.agent()));
      }
      Optional<String> refusal = tail.stream().filter(t -> REFUSED.matcher(t).find()).findFirst();
      if (!request.looks() // it may well say that of what it looks at
          && refusal.isPresent()
          && (exit.code() != 0 || !watchdog.changed())) {
        return RunResult.bad(
            FailureReason.REFUSED,
            "It was not allowed to do its work: "
                + TextFormat.shorten(refusal.get(), 300)
                + " – give agent "
                + request.agent()
                + " the permissions it needs.");
      }
      if (exit.code() == 0) {
        return RunResult.good();
      }
      String signal = SIGNALS.get(exit.code() - 128);
      return signal == null
          ? RunResult.bad(FailureReason.EXIT, "It ended with exit " + exit.code() + lastWords())
          : RunResult.bad(FailureReason.CRASH, crash(exit.code() - 128, signal));
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
      return said.isEmpty() ? "." : ": " + TextFormat.shorten(said, 500);
    }
  }
}
