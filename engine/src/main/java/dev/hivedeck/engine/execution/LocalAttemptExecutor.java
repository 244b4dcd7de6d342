package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.McpSetup;
import dev.hivedeck.engine.agent.Prompts;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.TaskDefaults;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.diff.DiffStat;
import dev.hivedeck.engine.git.repository.HeldCommits;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.preparation.AgentConfinement;
import dev.hivedeck.engine.preparation.AgentEnvironment;
import dev.hivedeck.engine.preparation.AttemptFiles;
import dev.hivedeck.engine.preparation.WorktreePool;
import dev.hivedeck.engine.preparation.WorktreePreparation;
import dev.hivedeck.engine.process.ProcessPause;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.security.Redactor;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims are carried out on this machine, beside the user's repository. */
public final class LocalAttemptExecutor implements AttemptExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(LocalAttemptExecutor.class);

  /**
   * Where the engine is found.
   *
   * @param api address of the HTTP endpoint, empty when there is none
   * @param mcp address for MCP, null when there is none
   */
  public record Endpoints(String api, String mcp) {}

  /** Variables that lead to the engine by the network. */
  private static final List<String> DOORS =
      List.of("HIVEDECK_API", McpSetup.ADDRESS, McpSetup.TOKEN);

  private final Repository repository;
  private final Worktrees worktrees;
  private final AttemptCommits commits;
  private final HeldCommits held;
  private final AttemptFiles attemptFiles;
  private final AgentConfinement confinement;
  private final Map<String, String> keys = new ConcurrentHashMap<>();

  /** What the folders of attempts have beside their files. */
  private final Map<String, WorktreePreparation.Place> places = new ConcurrentHashMap<>();

  /** Attempts in a sandbox, which must not lead the engine where they cannot go themselves. */
  private final Set<String> confined = ConcurrentHashMap.newKeySet();

  private final Map<String, Driver> drivers;
  private final GateEvaluator gates;
  private final WorktreePreparation preparation;
  private final WorktreePool pool;
  private final Redactor redactor;
  private final SecretValues secrets;
  private final Function<String, String> tokens;
  private final Supplier<Endpoints> endpoints;
  private final Function<Claim, List<String>> lessons;
  private final Supplier<List<DescriptionSection>> sections;
  private final Runnable watch;
  private final Clock clock;
  private final double speed;

  /**
   * @param held keeps what is about to be written down from being pruned
   * @param secluded all that Hivedeck keeps; agents in a sandbox see nothing of it but their own
   * @param exchange holds what is handed to attempts as files
   * @param drivers by the word that {@code hive.yaml} uses
   * @param pool worktrees that stand ready
   * @param redactor masks secrets in text that is to be kept
   * @param secrets is told what attempts are given
   * @param tokens gives an attempt a token for the engine's endpoints
   * @param endpoints where the engine is found
   * @param lessons what is worth telling an agent before it begins
   * @param sections that are to describe its work
   * @param watch looks at the user's git, before and after each attempt
   * @param speed pace of scripted agents; 1 is real
   */
  public LocalAttemptExecutor(
      Repository repository,
      Worktrees worktrees,
      AttemptCommits commits,
      HeldCommits held,
      Path exchange,
      Path secluded,
      Map<String, Driver> drivers,
      GateEvaluator gates,
      WorktreePreparation preparation,
      WorktreePool pool,
      Redactor redactor,
      SecretValues secrets,
      Function<String, String> tokens,
      Supplier<Endpoints> endpoints,
      Function<Claim, List<String>> lessons,
      Supplier<List<DescriptionSection>> sections,
      Runnable watch,
      Clock clock,
      double speed) {
    this.repository = repository;
    this.worktrees = worktrees;
    this.commits = commits;
    this.held = held;
    this.attemptFiles = new AttemptFiles(exchange);
    this.confinement =
        new AgentConfinement(repository, attemptFiles, () -> worktrees.secluded(secluded));
    this.drivers = drivers;
    this.gates = gates;
    this.preparation = preparation;
    this.pool = pool;
    this.redactor = redactor;
    this.secrets = secrets;
    this.tokens = tokens;
    this.endpoints = endpoints;
    this.lessons = lessons;
    this.sections = sections;
    this.watch = watch;
    this.clock = clock;
    this.speed = speed;
  }

  @Override
  public String redact(String text) {
    return redactor.redact(text);
  }

  @Override
  public UnaryOperator<String> redactor() {
    return redactor.stream();
  }

  @Override
  public long millis() {
    return clock.millis();
  }

  @Override
  public Driver driver(AgentSpec agent) {
    return drivers.get(agent.format() == null ? agent.driver().word() : agent.format());
  }

  @Override
  public AttemptFolder prepare(Claim claim, Listener listener) {
    watch.run();
    for (AttemptFolder left : worktrees.list()) {
      if (claim.task().equals(left.task())) {
        makeRoom(left, claim, listener);
      }
    }
    // Gone, or of a main that was rewritten since.
    boolean there =
        claim.start() != null
            && repository.has(claim.start())
            && repository.base(claim.start()).isPresent();
    String start = there ? claim.start() : repository.tip();
    var begun =
        worktrees.beginning(
            claim.task(), claim.attempt(), slug(claim.title()), start, listener.own());
    var session = claim.session(); // which is gone on with where it was led
    var taken =
        session == null
            ? pool.take(begun, listener.own(), listener.out())
            : Optional.<AttemptFolder>empty();
    Path at = session == null || session.place() == null ? null : Path.of(session.place());
    var folder = taken.orElseGet(() -> worktrees.create(begun, at, listener.own()));
    try {
      var place =
          preparation.place(setUpMarks(claim.task(), claim.attempt(), claim.key()), listener.out());
      places.put(claim.attempt(), place);
      if (taken.isPresent()) {
        place.ahead(folder.path());
      } else {
        place.ready(folder.path(), listener.own());
      }
      return folder;
    } catch (RuntimeException e) {
      clear(folder, "it could not be made ready");
      throw e;
    }
  }

  /** For commands of the workspace, not of the agent: no secret among it. */
  private Map<String, String> setUpMarks(String task, String attempt, String key) {
    var marks = new LinkedHashMap<String, String>();
    marks.put("HIVEDECK_WORKSPACE", repository.root().toString());
    marks.put("HIVEDECK_TASK", task);
    marks.put("HIVEDECK_ATTEMPT", attempt);
    if (key != null) {
      marks.put(ProcessTree.MARK, key);
    }
    return marks;
  }

  /**
   * The folder of the attempt before stays where it cannot go: somebody stands in it, or it holds
   * what cannot be read or deleted. No later attempt pays for that: there is room beside it.
   */
  private void makeRoom(AttemptFolder left, Claim claim, Listener listener) {
    try {
      worktrees.remove(left, "attempt " + claim.attempt() + " begins", said(left));
    } catch (HiveException e) {
      if (e.outage()) {
        worktrees.probe(); // what all attempts run into is no matter of this folder
      }
      listener.own().accept("the folder of " + left.attempt() + " stays: " + e.getMessage());
    }
  }

  /** Its log takes no more lines. */
  private static Consumer<String> said(AttemptFolder worktree) {
    return text -> LOG.info("{}: {}", worktree.attempt(), text);
  }

  static String slug(String title) {
    String slug =
        java.text.Normalizer.normalize(title, java.text.Normalizer.Form.NFD)
            .toLowerCase(java.util.Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return slug.length() > 40 ? slug.substring(0, 40).replaceAll("-$", "") : slug;
  }

  @Override
  public RunRequest job(
      Claim claim, AgentSpec agent, AttemptFolder worktree, TaskDefaults defaults) {
    String prompt =
        Prompts.build(
            agent.role(),
            claim.task(),
            claim.title(),
            claim.prompt(),
            claim.acceptance(),
            agent.owns(),
            lessons.apply(claim),
            sections.get(),
            before(claim, worktree));
    Path file = attemptFiles.open(claim.attempt(), prompt);
    keys.put(claim.attempt(), claim.key());
    var environment = AgentEnvironment.of(agent, secrets);
    var place = places.get(claim.attempt());
    if (place != null) {
      environment.putAll(place.environment(worktree.path()));
    }
    environment.putAll(marks(claim));
    environment.put("HIVEDECK_PROMPT_FILE", file.toString());
    // An agent that removed its repository must not find another one around its folder.
    environment.put("GIT_CEILING_DIRECTORIES", worktree.path().getParent().toString());
    var policy =
        confinement.policy(claim.attempt(), agent, worktree.path(), SandboxLauncher.here());
    if (policy != null) {
      confined.add(claim.attempt());
    }
    if (policy != null && !policy.network()) {
      DOORS.forEach(environment::remove);
    }
    return new RunRequest(
        repository.root().toString(),
        claim.task(),
        claim.attempt(),
        (int) claim.token(),
        claim.turn(),
        agent.name(),
        agent.run(),
        new RunRequest.Setup(agent.model(), agent.sandbox(), agent.program(), agent.args()),
        conversation(claim, worktree),
        agent.recipe(),
        worktree.path(),
        file,
        prompt,
        environment,
        timeout(claim, agent, defaults),
        defaults.quiet(),
        AgentEnvironment.quota(agent),
        speed,
        policy,
        false);
  }

  /** Only where it was led: some agents would go on in the folder of old. */
  private static RunRequest.Conversation conversation(Claim claim, AttemptFolder worktree) {
    var session = claim.session();
    return session == null || !worktree.path().toString().equals(session.place())
        ? null
        : new RunRequest.Conversation(
            session.id(), session.total(), Prompts.again(claim.task(), before(claim, worktree)));
  }

  private static Duration timeout(Claim claim, AgentSpec agent, TaskDefaults defaults) {
    if (claim.timeout() != null) {
      return claim.timeout();
    }
    return agent.limits() != null && agent.limits().timeout() != null
        ? agent.limits().timeout()
        : defaults.timeout();
  }

  private static List<Prompts.Before> before(Claim claim, AttemptFolder worktree) {
    var before = new ArrayList<Prompts.Before>();
    claim.context().forEach(c -> before.add(new Prompts.Before(c.kind(), c.text())));
    if (claim.continues() && worktree.start().equals(claim.start())) {
      boolean asked = !before.isEmpty() && before.getLast().kind().equals("answer");
      before.add(
          new Prompts.Before(
              asked ? "asked" : "checkpoint",
              "What was done before %s is there already, as the last commit of your branch."
                      .formatted(asked ? "you asked" : "it was cut off")
                  + " Look at it, then go on from it."));
    }
    return before;
  }

  private Map<String, String> marks(Claim claim) {
    var endpoints = this.endpoints.get();
    var marks = new LinkedHashMap<>(setUpMarks(claim.task(), claim.attempt(), claim.key()));
    marks.put("HIVEDECK_CORRELATION", claim.correlation());
    marks.put("HIVEDECK_API", endpoints.api());
    if (endpoints.mcp() != null) {
      marks.put(McpSetup.ADDRESS, endpoints.mcp());
    }
    marks.put(McpSetup.TOKEN, tokens.apply(claim.attempt()));
    return marks;
  }

  @Override
  public Optional<String> commit(
      AttemptFolder worktree, Claim claim, List<String> below, Listener listener) {
    return held(
        claim.attempt(),
        commits
            .commitAll(worktree, subject(claim), trailers(claim), listener.own())
            .or(() -> begunFrom(worktree, claim))
            .filter(head -> !repository.changed(base(worktree, head, below), head).isEmpty()));
  }

  /**
   * What it began from may have been all there was to do: a checkpoint, or what a gate refused for
   * a reason that is gone. What a reviewer sent back is not answered by itself.
   */
  private static Optional<String> begunFrom(AttemptFolder worktree, Claim claim) {
    var context = claim.context();
    boolean sentBack = !context.isEmpty() && context.getLast().kind().equals("review");
    return sentBack && !claim.continues() ? Optional.empty() : Optional.of(worktree.start());
  }

  /** What is about to be written down is held first. */
  private Optional<String> held(String attempt, Optional<String> commit) {
    commit.ifPresent(id -> held.hold(attempt, id));
    return commit;
  }

  @Override
  public Optional<String> checkpoint(AttemptFolder worktree, Claim claim, Listener listener) {
    String key = confined.contains(claim.attempt()) ? keys.get(claim.attempt()) : null;
    if (key == null) {
      return read(worktree, claim, listener);
    }
    try (var processPause = ProcessPause.of(key)) {
      var commit = read(worktree, claim, listener);
      processPause.check();
      return commit;
    }
  }

  private Optional<String> read(AttemptFolder worktree, Claim claim, Listener listener) {
    return held(
        claim.attempt(),
        commits.checkpoint(
            worktree, subject(claim) + " (checkpoint)", trailers(claim), listener.own()));
  }

  private static String subject(Claim claim) {
    return claim.task() + ": " + claim.title();
  }

  private static Map<String, String> trailers(Claim claim) {
    var trailers = new LinkedHashMap<String, String>();
    trailers.put("Hivedeck-Task", claim.task());
    trailers.put("Hivedeck-Attempt", claim.attempt());
    trailers.put("Hivedeck-Agent", claim.agent());
    return trailers;
  }

  @Override
  public String base(AttemptFolder worktree, String head, List<String> below) {
    return below.stream()
        .filter(commit -> repository.has(commit) && repository.contains(commit, head))
        .filter(commit -> !repository.onMain(commit))
        .findFirst()
        .or(() -> repository.base(head))
        .orElse(worktree.base());
  }

  @Override
  public Checkpoint.Results check(
      String point,
      AttemptFolder worktree,
      String base,
      String head,
      AgentSpec agent,
      Claim claim,
      Listener listener)
      throws InterruptedException {
    var who =
        new GateEvaluator.Judged(
            claim.task(), claim.attempt(), claim.key(), claim.correlation(), agent.owns());
    var results = gates.check(point, base, head, worktree.path(), who, listener.out());
    for (var gate : results.gates()) {
      listener.line("gate", gate.gate() + " " + gate.outcome().word() + " · " + gate.summary());
      gate.findings().stream()
          .limit(10)
          .forEach(
              f ->
                  listener.line(
                      "gate",
                      "  "
                          + (f.file() == null ? "" : f.file() + ":" + f.line() + " ")
                          + f.message()));
    }
    return results;
  }

  @Override
  public List<Risk> risks(String base, String head) {
    return gates.risks(base, head);
  }

  @Override
  public DiffStat stat(String base, String head) {
    return repository.stat(base, head);
  }

  @Override
  public DiffFacts facts(String base, String head) {
    return repository.facts(base, head);
  }

  @Override
  public ChangeSurvey survey(String base, String head) {
    return gates.survey(base, head);
  }

  @Override
  public void clear(AttemptFolder worktree, String why) {
    String key = keys.remove(worktree.attempt());
    confined.remove(worktree.attempt());
    if (key != null) {
      ProcessTree.endCarrying(Set.of(key)); // a gate may have left something running
    }
    attemptFiles.close(worktree.attempt());
    var place = places.remove(worktree.attempt());
    (place == null
            ? preparation.left(
                worktree.path(), setUpMarks(worktree.task(), worktree.attempt(), key))
            : place)
        .close();
    try {
      watch.run();
      worktrees.remove(worktree, why, said(worktree));
    } finally {
      held.settled(worktree.attempt());
    }
  }

  @Override
  public void endProcesses(Set<String> keys) {
    ProcessTree.endCarrying(keys);
  }

  @Override
  public Optional<String> rescue(String attempt) {
    return worktrees.list().stream()
        .filter(w -> w.attempt().equals(attempt) && !w.base().isEmpty())
        .findFirst()
        .flatMap(
            w ->
                held(
                    attempt,
                    commits.checkpoint(
                        w,
                        w.task() + ": rescued when the engine started again",
                        Map.of("Hivedeck-Task", w.task(), "Hivedeck-Attempt", w.attempt()),
                        said(w))));
  }

  @Override
  public void probe(AttemptFolder worktree) {
    worktrees.probe(worktree.path());
  }

  @Override
  public void probe() {
    worktrees.probe();
  }

  @Override
  public Runnable sweep() {
    attemptFiles.sweep();
    var all = worktrees.takeUp();
    return () -> {
      for (AttemptFolder left : all) {
        try {
          clear(left, "the engine started again");
        } catch (HiveException e) {
          // Listed by the reconciler instead: somebody may be looking at it.
          LOG.info("{} stays for now: {}", left.path(), e.getMessage());
        } finally {
          worktrees.letGo(left);
        }
      }
    };
  }
}
