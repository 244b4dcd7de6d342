package dev.hivedeck.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.config.flag.FlagReader;
import dev.hivedeck.engine.config.forge.GitHubReader;
import dev.hivedeck.engine.config.gate.CoverageRules;
import dev.hivedeck.engine.config.gateway.GatewayReader;
import dev.hivedeck.engine.config.health.HealthReader;
import dev.hivedeck.engine.config.metrics.MetricsReader;
import dev.hivedeck.engine.config.notify.NotifyReader;
import dev.hivedeck.engine.config.remote.RemoteConfig;
import dev.hivedeck.engine.config.review.ReviewReader;
import dev.hivedeck.engine.config.rollout.RolloutReader;
import dev.hivedeck.engine.config.schedule.ScheduleReader;
import dev.hivedeck.engine.config.service.ServiceReader;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import dev.hivedeck.engine.protocol.view.View;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the text of {@code hive.yaml} into its records, noting everything that is wrong with it.
 */
final class ConfigReader {
  private static final Pattern SIZE =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgt]?)(i?)b?", Pattern.CASE_INSENSITIVE);

  /** Less than this runs nothing; whoever writes it has forgotten the unit. */
  private static final long LEAST_MEMORY = 1_000_000;

  /** Below that hardly any work could be committed. */
  private static final long LEAST_FILE = 1_000_000;

  private static final Pattern CORES = Pattern.compile("\\d{1,6}(\\.\\d+)?");

  /** The least that a kernel gives out. */
  private static final double LEAST_CORES = 0.01;

  private static final Pattern PROCESSES = Pattern.compile("[1-9]\\d{0,8}");
  private static final Pattern COUNT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kMG]?)");

  private final YamlSource source;

  private ConfigReader(YamlSource source) {
    this.source = source;
  }

  /** Lists of things by name, or of files: with nothing below it, one is as if it was not there. */
  private static final Set<String> LISTS =
      Set.of(
          "objectives",
          "policies",
          "alerts",
          "rules",
          "agents",
          "gates",
          "decisions",
          "services",
          "rollouts",
          "flags",
          "schedules");

  static HiveConfig read(YamlSource source) {
    if (source.root() instanceof ObjectNode root) {
      LISTS.stream().filter(root::has).filter(key -> root.get(key).isNull()).forEach(root::remove);
    }
    source.validate("hive.schema.json");
    source.check("docs/configuration.md lists the keys there are.");
    var config = new ConfigReader(source).config();
    source.check("Fix these lines; nothing was changed.");
    return config;
  }

  private HiveConfig config() {
    JsonNode root = source.root();
    var usual = limits(root.path("defaults").path("limits"), "/defaults/limits", null);
    var agents = new LinkedHashMap<String, AgentSpec>();
    for (var e : root.path("agents").properties()) {
      agents.put(e.getKey(), agent(e.getKey(), e.getValue(), usual));
    }
    var gates = new LinkedHashMap<String, GateConfig>();
    for (var e : root.path("gates").properties()) {
      gates.put(e.getKey(), gate(e.getKey(), e.getValue()));
    }
    var decisions = new LinkedHashMap<String, DecisionRule>();
    for (var e : root.path("decisions").properties()) {
      String at = "/decisions/" + e.getKey();
      decisions.put(e.getKey(), decision(e.getKey(), e.getValue(), at));
    }
    for (var agent : agents.values()) {
      for (String other : agent.fallback()) {
        if (!agents.containsKey(other) && !other.equals(View.YOU)) {
          source.wrong(
              "/agents/" + agent.name() + "/fallback",
              "agent "
                  + agent.name()
                  + " falls back to "
                  + other
                  + ", which is no agent here"
                  + DidYouMean.to(other, agents.keySet()));
        } else if (other.equals(agent.name())) {
          source.wrong(
              "/agents/" + agent.name() + "/fallback",
              "agent " + agent.name() + " falls back to itself; name another");
        }
      }
    }
    var drivers = new LinkedHashMap<String, AgentDriver>();
    agents.forEach((name, agent) -> drivers.put(name, agent.driver()));
    JsonNode workspace = root.path("workspace");
    var gateway = GatewayReader.read(source);
    var flags = FlagReader.read(source);
    return new HiveConfig(
        workspace.path("name").asText(null),
        workspace.path("main").asText(null),
        new IsolationConfig(
            workspace.path("isolation").asText(IsolationConfig.STANDARD.kind()),
            on(workspace.path("push"), IsolationConfig.STANDARD.push())),
        git(workspace),
        retention(root.path("retention")),
        defaults(root.path("defaults")),
        root.path("backups").path("keep").asInt(HiveConfig.BACKUPS),
        queue(root.path("queue")),
        schedule(root.path("schedule")),
        on(root.path("mcp"), true),
        budgets(root.path("budgets")),
        prices(root.path("prices")),
        agents,
        gates,
        paths(root.path("protected")),
        decisions,
        size(root.path("changes").path("size")),
        HealthReader.read(source),
        merge(root.path("changes")),
        ReviewReader.read(source, drivers),
        worktree(root.path("worktree")),
        remote(root.path("remote")),
        SloConfig.read(source),
        MetricsReader.read(source),
        NotifyReader.read(source),
        GitHubReader.read(source),
        gateway,
        ServiceReader.read(source),
        RolloutReader.read(source, gateway, flags.keySet(), agents.keySet()),
        flags,
        ScheduleReader.read(source, agents.keySet()));
  }

  private DecisionRule decision(String kind, JsonNode node, String at) {
    var human =
        DecisionRule.Human.valueOf(node.path("human").asText("required").toUpperCase(Locale.ROOT));
    var within = some(node, "within", at, null);
    if (human == DecisionRule.Human.ADVISORY && !node.hasNonNull("within")) {
      source.wrong(
          node.has("human") ? at + "/human" : at,
          "advisory proceeds by itself after a time, and " + kind + " has none; add within: 4h");
    }
    return new DecisionRule(kind, human, within, node.path("default").asText(null));
  }

  /** A switch. Some editors take on and off for true and false, and write them so. */
  private static boolean on(JsonNode node, boolean otherwise) {
    return node.isMissingNode() || node.isNull()
        ? otherwise
        : node.asText().equals("on") || node.asText().equals("true");
  }

  private List<String> paths(JsonNode node) {
    var paths = strings(node);
    for (String path : paths) {
      if (path.contains("..") || path.isBlank()) {
        source.wrong(
            "/protected", "\"" + path + "\" leaves the repository; paths start at its root");
      }
    }
    return paths;
  }

  private ChangeSize size(JsonNode node) {
    var standard = ChangeSize.STANDARD;
    int largest = node.path("max").asInt(standard.max());
    int warn = node.path("warn").asInt(Math.min(standard.warn(), largest));
    int max = node.path("max").asInt(Math.max(warn, standard.max()));
    if (max < warn) {
      source.wrong(
          "/changes/size/max", "max " + max + " is below warn " + warn + "; a warning comes first");
    }
    return new ChangeSize(warn, max);
  }

  private static MergeConfig merge(JsonNode changes) {
    var standard = MergeConfig.STANDARD;
    var node = changes.path("merge");
    return new MergeConfig(
        MergeMethod.of(node.path("method").asText(standard.method().word())),
        node.path("batch").asInt(standard.batch()),
        node.path("ahead").asInt(standard.ahead()),
        changes.path("stack").asBoolean(standard.stack()));
  }

  private WorktreeConfig worktree(JsonNode node) {
    var standard = WorktreeConfig.NONE;
    var copy = strings(node.path("copy"));
    for (String pattern : copy) {
      if (!WorktreeConfig.isPattern(pattern)) {
        source.wrong(
            "/worktree/copy",
            "\"" + pattern + "\" is no pattern of files to copy; write .env or config/*.local");
      }
    }
    var link = strings(node.path("link"));
    for (String path : link) {
      if (path.isBlank() || path.startsWith("/") || List.of(path.split("/")).contains("..")) {
        source.wrong(
            "/worktree/link",
            "\"" + path + "\" leaves the repository; paths start at its root: node_modules");
      }
    }
    String folder = node.path("folder").asText(null);
    if (folder != null && (!WorktreeConfig.isFolder(folder) || path(folder) == null)) {
      source.wrong(
          "/worktree/folder",
          "\"" + folder + "\" is no folder; write ../worktrees, ~/worktrees or an absolute path");
    }
    var sparse =
        strings(node.path("sparse")).stream()
            .map(path -> path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
            .toList();
    for (String path : sparse) {
      if (!WorktreeConfig.isInside(path)) {
        source.wrong(
            "/worktree/sparse",
            "\""
                + path
                + "\" is no folder of the repository; write services/api, without patterns");
      }
    }
    int pool = node.path("pool").asInt(standard.pool());
    String setup = node.path("setup").asText(null);
    String port = WorktreeConfig.port(setup);
    if (pool > 0 && port != null) {
      source.wrong(
          "/worktree/pool",
          "the setup names "
              + port
              + ", and a worktree that stands ready has no ports yet; take out pool, or have the"
              + " agent or the gate use the port");
    }
    if (pool > 0 && !sparse.isEmpty()) {
      source.wrong(
          "/worktree/pool",
          "worktrees that stand ready have all files; take out either pool or sparse");
    }
    var inputs = strings(node.path("inputs"));
    for (String pattern : inputs) {
      if (!WorktreeConfig.isPattern(pattern)) {
        source.wrong(
            "/worktree/inputs",
            "\"" + pattern + "\" is no pattern of files; write package-lock.json or libs/**");
      }
    }
    return new WorktreeConfig(
        copy,
        link,
        setup,
        node.path("teardown").asText(null),
        duration(node, "timeout", "/worktree", standard.timeout()),
        node.path("ports").asInt(standard.ports()),
        on(node.path("submodules"), false),
        on(node.path("lfs"), false),
        node.path("run").asText(null),
        folder,
        sparse,
        pool,
        inputs);
  }

  private RemoteConfig remote(JsonNode node) {
    Duration fetch =
        node.path("fetch").asText("off").matches("off|false")
            ? null
            : duration(node, "fetch", "/remote", null);
    if (fetch != null && fetch.compareTo(RemoteConfig.LEAST) < 0) {
      source.wrong(
          "/remote/fetch",
          "\"" + node.get("fetch").asText() + "\" asks the remote too often; write 10m, or off");
    }
    return new RemoteConfig(
        fetch,
        node.path("start").asText("main").equals("upstream"),
        node.path("push").asText("off").equals("after-merge"));
  }

  private Retention retention(JsonNode node) {
    var standard = Retention.STANDARD;
    return new Retention(
        days(node, "events", standard.events()),
        days(node, "logs", standard.logs()),
        days(node, "kept", standard.kept()));
  }

  private GitConfig git(JsonNode workspace) {
    Long largest =
        workspace.hasNonNull("largest")
            ? size(workspace.get("largest").asText(), "/workspace/largest", LEAST_FILE)
            : null;
    return new GitConfig(
        !workspace.path("checkout").asText("update").equals("leave"),
        on(workspace.path("maintenance"), true),
        largest == null ? GitConfig.STANDARD.largest() : largest);
  }

  private Duration days(JsonNode node, String key, Duration otherwise) {
    Duration d = duration(node, key, "/retention", otherwise);
    if (d.compareTo(Retention.LEAST) < 0) {
      source.wrong(
          "/retention/" + key,
          "\"" + node.get(key).asText() + "\" is less than a day, which is kept always; write 30d");
    }
    return d;
  }

  private QueueConfig queue(JsonNode node) {
    var standard = QueueConfig.STANDARD;
    var parallel = new LinkedHashMap<String, Integer>();
    node.path("parallel").properties().forEach(e -> parallel.put(e.getKey(), e.getValue().asInt()));
    Long memory =
        node.hasNonNull("memory") ? size(node.get("memory").asText(), "/queue/memory") : null;
    return new QueueConfig(
        node.path("limit").asInt(standard.limit()),
        Map.copyOf(parallel),
        memory == null ? standard.memory() : memory,
        node.path("load").asDouble(standard.load()));
  }

  private static ScheduleConfig schedule(JsonNode node) {
    return new ScheduleConfig(on(node.path("choice"), true));
  }

  private Budgets budgets(JsonNode node) {
    return new Budgets(
        budget(node, "attempt"),
        budget(node, "task"),
        budget(node, "agent"),
        budget(node, "day"),
        budget(node, "plan"));
  }

  private BudgetLimit budget(JsonNode budgets, String word) {
    String at = "/budgets/" + word;
    JsonNode n = budgets.path(word);
    Long tokens = n.hasNonNull("tokens") ? count(n.get("tokens").asText(), at + "/tokens") : null;
    Double cost = n.hasNonNull("cost") ? (Double) n.get("cost").asDouble() : null;
    if (tokens != null && tokens <= 0 || cost != null && cost <= 0) {
      source.wrong(at, "a budget of nothing lets nobody begin; leave it out, or pause the agents");
    }
    return new BudgetLimit(tokens, cost);
  }

  private static ModelPrices prices(JsonNode node) {
    var own = new LinkedHashMap<String, ModelPrices.Price>();
    node.properties()
        .forEach(
            e -> own.put(e.getKey().toLowerCase(Locale.ROOT), ModelPrices.price(e.getValue())));
    return new ModelPrices(Map.copyOf(own));
  }

  private TaskDefaults defaults(JsonNode node) {
    var standard = TaskDefaults.STANDARD;
    var backoff = new ArrayList<Duration>();
    for (JsonNode d : node.path("backoff")) {
      Duration duration = duration(d.asText(), "/defaults/backoff");
      if (duration != null) {
        backoff.add(duration);
      }
    }
    return new TaskDefaults(
        node.path("attempts").asInt(standard.attempts()),
        node.has("backoff") ? List.copyOf(backoff) : standard.backoff(),
        some(node, "timeout", "/defaults", standard.timeout()),
        some(node, "quiet", "/defaults", standard.quiet()));
  }

  private AgentSpec agent(String name, JsonNode n, AgentSpec.Limits usual) {
    String at = "/agents/" + name;
    if (name.equals(View.YOU)) {
      source.wrong(at, "\"" + View.YOU + "\" is you, the person; give the agent another name");
    }
    var driver = AgentDriver.of(n.path("driver").asText(AgentDriver.COMMAND.word()));
    if (driver == AgentDriver.COMMAND && !n.hasNonNull("run")) {
      source.wrong(at, "agent " + name + " is a command agent without run: say what it runs");
    }
    if (driver == AgentDriver.ACP && !n.hasNonNull("run")) {
      source.wrong(
          at,
          "agent "
              + name
              + " speaks the Agent Client Protocol without run: say what starts it, for example"
              + " run: opencode acp");
    }
    if (n.hasNonNull("format") && driver != AgentDriver.COMMAND) {
      source.wrong(
          at + "/format",
          "a format says what a command agent prints; driver " + driver.word() + " knows its own");
    }
    if (driver == AgentDriver.SCRIPTED && !n.hasNonNull("recipe")) {
      source.wrong(at, "agent " + name + " is a scripted agent without recipe: name its file");
    }
    for (String owned : strings(n.path("owns"))) {
      if (owned.contains("..") || owned.isBlank()) {
        source.wrong(
            at + "/owns", "\"" + owned + "\" leaves the repository; paths start at its root");
      }
    }
    var env = new LinkedHashMap<String, String>();
    n.path("env").properties().forEach(e -> env.put(e.getKey(), e.getValue().asText()));
    JsonNode mode =
        n.path("sandbox").isObject() ? n.path("sandbox").path("mode") : n.path("sandbox");
    var sandbox =
        Sandbox.valueOf(mode.asText("workspace").replace('-', '_').toUpperCase(Locale.ROOT));
    return new AgentSpec(
        name,
        n.path("role").asText(""),
        driver,
        n.path("version").asText(null),
        n.path("model").asText(null),
        n.path("category").asText("general"),
        strings(n.path("capabilities")),
        strings(n.path("owns")),
        limits(n.path("limits"), at + "/limits", usual),
        strings(n.path("fallback")),
        n.path("parallel").asInt(1),
        n.path("run").asText(null),
        n.path("format").asText(null),
        sandbox,
        held(n, driver, sandbox, at + "/sandbox"),
        n.path("program").asText(null),
        strings(n.path("args")),
        n.hasNonNull("recipe") ? recipe(n.get("recipe").asText(), at + "/recipe") : null,
        Map.copyOf(env),
        strings(n.path("pass")),
        n.path("source").asText(null));
  }

  /** Null where the machine does not hold it: its driver does, or nobody. */
  private AgentSpec.SandboxOptions held(
      JsonNode agent, AgentDriver driver, Sandbox sandbox, String at) {
    JsonNode n = agent.path("sandbox");
    if (!driver.isHeldByMachine()) {
      if (n.isObject() && n.size() > (n.has("mode") ? 1 : 0)) {
        source.wrong(
            at,
            "the sandbox of driver "
                + driver.word()
                + " is its own and takes one word: read-only, workspace or full");
      }
      return null;
    }
    if (n.isMissingNode() || n.isNull() || sandbox == Sandbox.FULL) {
      return null;
    }
    return new AgentSpec.SandboxOptions(
        on(n.path("network"), true),
        places(n.path("caches"), at + "/caches"),
        places(n.path("read"), at + "/read"));
  }

  private List<Path> places(JsonNode list, String at) {
    Path home = HivedeckHome.user();
    var places = new ArrayList<Path>();
    for (String text : strings(list)) {
      Path place = text.startsWith("~/") ? home.resolve(text.substring(2)).normalize() : path(text);
      if (place == null || !place.isAbsolute()) {
        source.wrong(at, "\"" + text + "\" is no place; write ~/.m2 or an absolute path");
      } else if (home.startsWith(place)) {
        source.wrong(at, "\"" + text + "\" is more than one folder of yours; name that folder");
      } else {
        places.add(place);
      }
    }
    return List.copyOf(places);
  }

  private static Path path(String text) {
    try {
      return Path.of(text).normalize();
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private AgentSpec.RecipeFile recipe(String text, String at) {
    var path = TextFile.path(text);
    if (path == null) {
      source.wrong(at, "\"" + text + "\" can be no file's name here");
      return null;
    }
    return new AgentSpec.RecipeFile(path, null, null);
  }

  /**
   * @param usual what holds where these say nothing, or null
   */
  private AgentSpec.Limits limits(JsonNode n, String at, AgentSpec.Limits usual) {
    Long memory = usual == null ? null : usual.memory();
    if (n.hasNonNull("memory")) {
      memory = size(n.get("memory").asText(), at + "/memory");
    }
    Double cpu = usual == null ? null : usual.cpu();
    if (n.hasNonNull("cpu")) {
      cpu = cores(n.get("cpu").asText(), at + "/cpu");
    }
    Integer processes = usual == null ? null : usual.processes();
    if (n.hasNonNull("processes")) {
      processes = processes(n.get("processes").asText(), at + "/processes");
    }
    return new AgentSpec.Limits(
        some(n, "timeout", at, null),
        n.hasNonNull("tokens") ? count(n.get("tokens").asText(), at + "/tokens") : null,
        n.hasNonNull("cost") ? n.get("cost").asDouble() : null,
        memory,
        cpu,
        processes);
  }

  private GateConfig gate(String name, JsonNode n) {
    String at = "/gates/" + name;
    if (n.hasNonNull("run") == n.hasNonNull("builtin")) {
      source.wrong(
          at,
          n.has("run")
              ? "gate " + name + " has both run and builtin; keep one"
              : "gate " + name + " checks nothing: give it run or builtin");
    }
    int warn = n.path("warn").asInt(0);
    int max = n.path("max").asInt(0);
    if (max > 0 && warn > max) {
      source.wrong(at + "/warn", "gate " + name + " warns at " + warn + " but fails at " + max);
    }
    Long warnBytes =
        n.hasNonNull("warnBytes") ? size(n.get("warnBytes").asText(), at + "/warnBytes", 1) : null;
    Long maxBytes =
        n.hasNonNull("maxBytes") ? size(n.get("maxBytes").asText(), at + "/maxBytes", 1) : null;
    if (warnBytes != null && maxBytes != null && warnBytes > maxBytes) {
      source.wrong(
          at + "/warnBytes",
          "gate "
              + name
              + " warns at "
              + n.get("warnBytes").asText()
              + " but fails at "
              + n.get("maxBytes").asText());
    }
    String builtin = n.path("builtin").asText("");
    for (String key : List.of("warnBytes", "maxBytes")) {
      if (n.hasNonNull(key) && !builtin.equals("size")) {
        source.wrong(at + "/" + key, key + " is for builtin: size; leave it out of gate " + name);
      }
    }
    if (n.hasNonNull("checkout") && !n.hasNonNull("run")) {
      source.wrong(
          at + "/checkout",
          "checkout is for a gate with run; leave it out: gate "
              + name
              + " reads the commit itself");
    }
    for (String key : List.of("warn", "max")) {
      if (n.hasNonNull(key) && !builtin.equals("size")) {
        source.wrong(at + "/" + key, key + " is for builtin: size; leave it out of gate " + name);
      }
    }
    Duration timeout = some(n, "timeout", at, Duration.ofMinutes(10));
    var points = strings(n.path("at"));
    return new GateConfig(
        name,
        n.path("run").asText(null),
        n.path("builtin").asText(null),
        points.isEmpty() ? List.of("attempt") : points,
        timeout,
        n.path("checkout").asText(null),
        warn,
        max,
        warnBytes,
        maxBytes,
        CoverageRules.read(source, name, n).orElse(null));
  }

  private static List<String> strings(JsonNode node) {
    var list = new ArrayList<String>();
    node.forEach(n -> list.add(n.asText()));
    return List.copyOf(list);
  }

  private Duration duration(JsonNode node, String key, String at, Duration otherwise) {
    if (!node.hasNonNull(key)) {
      return otherwise;
    }
    Duration d = duration(node.get(key).asText(), at + "/" + key);
    return d == null ? otherwise : d;
  }

  /** A time in which something is to be done, so that there must be some. */
  private Duration some(JsonNode node, String key, String at, Duration otherwise) {
    Duration d = duration(node, key, at, otherwise);
    if (d != null && !d.isPositive()) {
      source.wrong(
          at + "/" + key,
          "\"" + node.get(key).asText() + "\" is no time at all; write " + Durations.EXAMPLES);
    }
    return d;
  }

  private Duration duration(String text, String at) {
    var duration = Durations.parse(text);
    if (duration.isEmpty()) {
      source.wrong(at, "\"" + text + "\" is no time; write " + Durations.EXAMPLES);
    }
    return duration.orElse(null);
  }

  private Long size(String text, String at) {
    return size(text, at, LEAST_MEMORY);
  }

  private Long size(String text, String at, long least) {
    Matcher m = SIZE.matcher(text.strip());
    if (!m.matches()) {
      source.wrong(at, "\"" + text + "\" is no size; write 500MB, 2GB or 1.5GiB");
      return null;
    }
    int power = " kmgt".indexOf((m.group(2) + " ").toLowerCase(Locale.ROOT).charAt(0));
    double bytes =
        Double.parseDouble(m.group(1)) * Math.pow(m.group(3).isEmpty() ? 1_000 : 1_024, power);
    if (bytes < least) {
      source.wrong(at, "\"" + text + "\" is too little for any work; write 500MB or 2GB");
      return null;
    }
    return (long) bytes;
  }

  private Double cores(String text, String at) {
    Matcher m = CORES.matcher(text.strip());
    double cores = m.matches() ? Double.parseDouble(m.group()) : 0;
    if (cores < LEAST_CORES) {
      source.wrong(
          at,
          "\"" + text + "\" is no number of cores; write 0.5, 1.5 or 4, at least " + LEAST_CORES);
      return null;
    }
    return cores;
  }

  private Integer processes(String text, String at) {
    Matcher m = PROCESSES.matcher(text.strip());
    if (!m.matches()) {
      source.wrong(
          at, "\"" + text + "\" is no number of processes; write 50 or 200, the shell counts too");
      return null;
    }
    return Integer.valueOf(m.group());
  }

  private Long count(String text, String at) {
    Matcher m = COUNT.matcher(text.strip());
    if (!m.matches()) {
      source.wrong(at, "\"" + text + "\" is no amount; write 400000, 400k or 2M");
      return null;
    }
    double factor =
        switch (m.group(2)) {
          case "k" -> 1e3;
          case "M" -> 1e6;
          case "G" -> 1e9;
          default -> 1.0;
        };
    return (long) (Double.parseDouble(m.group(1)) * factor);
  }
}
