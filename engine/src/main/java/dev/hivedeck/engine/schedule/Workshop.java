package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.agent.ActivityLog;
import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.Prompts;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.Defaults;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.gate.GateSpec;
import dev.hivedeck.engine.gate.Subject;
import dev.hivedeck.engine.plan.Tasks;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.Quota;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.worktree.DiffStat;
import dev.hivedeck.engine.worktree.Repository;
import dev.hivedeck.engine.worktree.Worktree;
import dev.hivedeck.engine.worktree.Worktrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Where attempts are carried out: worktrees, drivers, gates and logs, without any ledger. */
public final class Workshop {
  private final Repository repository;
  private final Worktrees worktrees;
  private final Logs logs;
  private final Map<String, Driver> drivers;
  private final Checkpoint checkpoint;
  private final Supplier<List<GateSpec>> gates;
  private final UnaryOperator<String> redact;
  private final Function<String, String> tokens;
  private final Supplier<String> api;
  private final Clock clock;
  private final double speed;

  /**
   * @param drivers by the word that {@code hive.yaml} uses
   * @param redact masks secrets in text that is to be kept
   * @param tokens gives an attempt a token for the engine's doors
   * @param api address of the HTTP door, empty when there is none
   * @param speed pace of scripted agents; 1 is real
   */
  public Workshop(
      Repository repository,
      Worktrees worktrees,
      Logs logs,
      Map<String, Driver> drivers,
      Checkpoint checkpoint,
      Supplier<List<GateSpec>> gates,
      UnaryOperator<String> redact,
      Function<String, String> tokens,
      Supplier<String> api,
      Clock clock,
      double speed) {
    this.repository = repository;
    this.worktrees = worktrees;
    this.logs = logs;
    this.drivers = drivers;
    this.checkpoint = checkpoint;
    this.gates = gates;
    this.redact = redact;
    this.tokens = tokens;
    this.api = api;
    this.clock = clock;
    this.speed = speed;
  }

  ActivityLog log(String attempt) {
    return logs.write(attempt);
  }

  void logged(String attempt) {
    logs.written(attempt);
  }

  String redact(String text) {
    return redact.apply(text);
  }

  long millis() {
    return clock.millis();
  }

  Driver driver(AgentSpec agent) {
    return drivers.get(agent.driver());
  }

  /** Clears what earlier attempts at the task left, then makes a fresh worktree. */
  Worktree prepare(Tasks.Row task, Attempts.Row attempt) {
    for (Worktree left : worktrees.list()) {
      if (task.id().equals(left.task())) {
        worktrees.remove(left.path(), "attempt " + attempt.id() + " begins");
      }
    }
    String start = task.start() != null ? task.start() : repository.tip();
    return worktrees.create(task.id(), attempt.id(), slug(task.title()), start);
  }

  static String slug(String title) {
    String slug =
        java.text.Normalizer.normalize(title, java.text.Normalizer.Form.NFD)
            .toLowerCase(java.util.Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return slug.length() > 40 ? slug.substring(0, 40).replaceAll("-$", "") : slug;
  }

  Job job(
      Tasks.Row task,
      Attempts.Row attempt,
      AgentSpec agent,
      Worktree worktree,
      List<Tasks.Context> decided,
      List<String> acceptance,
      Defaults defaults) {
    String prompt =
        Prompts.build(
            agent.role(),
            task.id(),
            task.title(),
            task.prompt(),
            acceptance,
            agent.owns(),
            java.util.stream.Stream.concat(task.context().stream(), decided.stream())
                .map(c -> new Prompts.Before(c.kind(), c.text()))
                .toList());
    Path file = logs.folder(attempt.id()).resolve("prompt.md");
    try {
      Files.writeString(file, prompt);
    } catch (IOException e) {
      throw new HiveException(
          "home-unwritable",
          "The prompt of " + attempt.id() + " cannot be written to " + file + ": " + e.getMessage(),
          "Check the space and the rights of that folder.",
          e);
    }
    var environment = new LinkedHashMap<String, String>();
    for (String name : agent.pass()) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    environment.putAll(agent.env());
    environment.putAll(marks(task.id(), attempt));
    environment.put("HIVEDECK_PROMPT_FILE", file.toString());
    return new Job(
        repository.root().toString(),
        task.id(),
        attempt.id(),
        attempt.number(),
        attempt.turn(),
        agent.name(),
        agent.run(),
        agent.recipe() == null ? null : repository.root().resolve(agent.recipe()),
        worktree.path(),
        file,
        prompt,
        environment,
        agent.limits() != null && agent.limits().timeout() != null
            ? agent.limits().timeout()
            : defaults.timeout(),
        defaults.quiet(),
        quota(agent),
        speed);
  }

  static Quota quota(AgentSpec agent) {
    var limits = agent.limits();
    return limits == null
        ? Quota.NONE
        : new Quota(limits.memory(), limits.cpu(), limits.processes());
  }

  private Map<String, String> marks(String task, Attempts.Row attempt) {
    return Map.of(
        "HIVEDECK_WORKSPACE", repository.root().toString(),
        "HIVEDECK_TASK", task,
        "HIVEDECK_ATTEMPT", attempt.id(),
        "HIVEDECK_ATTEMPT_KEY", attempt.key(),
        "HIVEDECK_CORRELATION", attempt.correlation(),
        "HIVEDECK_API", api.get(),
        "HIVEDECK_TOKEN", tokens.apply(attempt.id()));
  }

  /** Commits what the agent left; empty when it changed nothing. */
  Optional<String> commit(Worktree worktree, Tasks.Row task, Attempts.Row attempt) {
    var trailers = new LinkedHashMap<String, String>();
    trailers.put("Hivedeck-Task", task.id());
    trailers.put("Hivedeck-Attempt", attempt.id());
    trailers.put("Hivedeck-Agent", attempt.agent());
    return worktrees.commitAll(worktree, task.id() + ": " + task.title(), trailers);
  }

  List<GateResult> check(
      String point,
      Path folder,
      String base,
      String head,
      AgentSpec agent,
      Attempts.Row attempt,
      Run run)
      throws InterruptedException {
    var results =
        checkpoint.run(
            point,
            gates.get(),
            new Subject(folder, base, head, agent.owns(), marks(attempt.task(), attempt)),
            text -> run.line("out", text));
    for (var gate : results) {
      run.line("gate", gate.gate() + " " + gate.outcome().word() + " · " + gate.summary());
      gate.findings().stream()
          .limit(10)
          .forEach(
              f ->
                  run.line(
                      "gate",
                      "  "
                          + (f.file() == null ? "" : f.file() + ":" + f.line() + " ")
                          + f.message()));
    }
    return results;
  }

  DiffStat stat(String base, String head) {
    return worktrees.stat(base, head);
  }

  void clear(Worktree worktree, String why) {
    worktrees.remove(worktree.path(), why);
  }

  /** Ends every process that carries an attempt's key, wherever it hides. */
  void endProcesses(String key) {
    ProcessTree.endCarrying(key);
  }

  /** Removes worktrees that no listed attempt uses; their work is kept. */
  void sweep(List<String> inUse) {
    for (Worktree left : worktrees.list()) {
      if (!inUse.contains(left.path().toString())) {
        try {
          clear(left, "the engine started again");
        } catch (HiveException e) {
          // Listed by the reconciler instead: somebody may be looking at it.
          continue;
        }
      }
    }
  }
}
