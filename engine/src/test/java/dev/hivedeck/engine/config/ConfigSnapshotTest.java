package dev.hivedeck.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The digest that a person consents to says all that the configuration does. */
class ConfigSnapshotTest {
  /** What must be there for any other key to be allowed. */
  private static final String LEAST =
      "{\"agents\":{\"a\":{\"run\":\"x\"},\"b\":{\"run\":\"y\"}},\"gates\":{\"g\":{\"run\":\"x\"}}}";

  private static final Map<String, List<String>> SAMPLES =
      Map.ofEntries(
          Map.entry("memory", List.of("500MB", "2GB")),
          Map.entry("warnBytes", List.of("50MB", "60MB")),
          Map.entry("maxBytes", List.of("50MB", "60MB")),
          Map.entry("cpu", List.of("1", "2")),
          Map.entry("processes", List.of("10", "20")),
          Map.entry("tokens", List.of("100k", "200k")),
          Map.entry("owns", List.of("docs/", "src/")),
          Map.entry("fallback", List.of("b", "you")),
          Map.entry("agent", List.of("a", "b")),
          Map.entry("caches", List.of("~/.m2", "~/.npm")),
          Map.entry("read", List.of("~/.m2", "~/.npm")),
          Map.entry("api", List.of("https://one.example/api/v3", "https://two.example/api/v3")),
          Map.entry("webhook", List.of("secret:one", "secret:two")),
          Map.entry("address", List.of("localhost:1", "localhost:2")),
          Map.entry("route", List.of("/one", "/two")),
          Map.entry("cron", List.of("0 7 * * 1-5", "@daily")),
          Map.entry("zone", List.of("UTC", "Europe/Berlin")),
          Map.entry("measure", List.of("lcov:a.info", "lcov:b.info")),
          Map.entry("http", List.of("/one", "/two")),
          Map.entry("largest", List.of("2GB", "3GB")));

  @TempDir Path folder;

  private static String digest(String hive) {
    return ConfigSnapshot.of(hive, Map.of(), Map.of()).digest();
  }

  /** A key of the schema with two values that it may have. */
  record Key(String pointer, JsonNode one, JsonNode other) {
    @Override
    public String toString() {
      return pointer;
    }
  }

  /** Every key that the schema knows, so that one that is added later cannot be forgotten. */
  static List<Key> keys() throws IOException {
    try (var in = ConfigSnapshot.class.getResourceAsStream("/hivedeck/schema/hive.schema.json")) {
      var schema = Json.MAPPER.readTree(in);
      var keys = new ArrayList<Key>();
      collect(schema, schema, "", keys);
      return keys;
    }
  }

  /** Sections whose keys say nothing one by one, said in two ways. */
  private static final Map<String, List<String>> SECTIONS =
      Map.ofEntries(
          Map.entry(
              "/objectives",
              List.of(
                  "{o: {target: 95%, indicator: {good: good_total, total: all_total}}}",
                  "{o: {target: 96%, indicator: {good: good_total, total: all_total}}}")),
          Map.entry(
              "/metrics/scrape",
              List.of("[{url: 'http://localhost:1/a'}]", "[{url: 'http://localhost:1/b'}]")),
          Map.entry(
              "/metrics/prometheus",
              List.of(
                  "[{name: a, url: 'http://localhost:1', queries: {b: c}}]",
                  "[{name: a, url: 'http://localhost:1', queries: {b: d}}]")),
          Map.entry(
              "/metrics/otlp",
              List.of("{endpoint: 'http://localhost:1'}", "{endpoint: 'http://localhost:2'}")),
          Map.entry(
              "/gateway", // whose services are nothing without a port
              List.of("{port: 8080}", "{port: 8081}")),
          Map.entry(
              "/rollouts", // whose services the gateway has to lead to
              List.of("{db: {steps: [5%]}}", "{db: {steps: [6%]}}")),
          Map.entry(
              "/flags", // whose weights are those of variants
              List.of("{f: {weights: {on: 5%}}}", "{f: {weights: {on: 6%}}}")),
          Map.entry("/checks", List.of("{a: {tcp: 'localhost:1'}}", "{a: {tcp: 'localhost:2'}}")),
          Map.entry(
              "/policies",
              List.of("{p: [{left: 50%, do: notify}]}", "{p: [{left: 40%, do: notify}]}")),
          Map.entry(
              "/notify", // a channel's keys depend on its type
              List.of(
                  "{channels: {o: {type: webhook, url: 'https://a.example.com'}}}",
                  "{channels: {o: {type: webhook, url: 'https://b.example.com'}}}")),
          Map.entry("/alerts", List.of("{A: {expr: up == 0}}", "{A: {expr: up == 1}}")));

  private static void collect(JsonNode schema, JsonNode rule, String at, List<Key> keys) {
    if (rule.has("$ref")) {
      collect(schema, schema.at(rule.get("$ref").asText().substring(1)), at, keys);
      return;
    }
    if (rule.isBoolean() || rule.has("const")) {
      return; // has but one value, or none
    }
    if (rule.has("anyOf")) {
      rule.get("anyOf").forEach(way -> collect(schema, way, at, keys));
      return;
    }
    if (SECTIONS.containsKey(at)) {
      var ways = SECTIONS.get(at);
      keys.add(new Key(at, section(ways.get(0)), section(ways.get(1))));
      return;
    }
    String name = at.substring(at.lastIndexOf('/') + 1);
    boolean fixed = rule.path("properties").size() > 0;
    if (fixed) {
      rule.get("properties")
          .properties()
          .forEach(e -> collect(schema, e.getValue(), at + "/" + e.getKey(), keys));
    }
    if (rule.path("additionalProperties").isObject()) {
      String key = at.equals("/agents") ? "a" : at.equals("/gates") ? "g" : "bug-fix";
      collect(schema, rule.get("additionalProperties"), at + "/" + key, keys);
    } else if (!fixed) {
      keys.add(new Key(at, sample(name, rule, 0), sample(name, rule, 1)));
    }
  }

  private static JsonNode section(String text) {
    return new YamlSource("section", text, ErrorCode.CONFIG_INVALID).root();
  }

  private static JsonNode sample(String name, JsonNode rule, int which) {
    if (rule.has("enum")) {
      return rule.get("enum").get(which);
    }
    String type =
        rule.path("type").isArray() ? rule.get("type").get(0).asText() : rule.path("type").asText();
    return switch (type) {
      case "boolean" -> Json.tree(which == 0);
      case "integer", "number" ->
          Json.tree(rule.path("maximum").asInt(2) == 1 ? 1 - which : which + 1);
      case "array" ->
          Json.MAPPER
              .createArrayNode()
              .add(
                  rule.path("items").has("enum")
                      ? rule.at("/items/enum/" + which).asText()
                      : text(name, which));
      case "object" -> Json.object().put("x", which);
      default -> Json.tree(text(name, which));
    };
  }

  private static String text(String name, int which) {
    return SAMPLES.getOrDefault(name, List.of("2d", "3d")).get(which);
  }

  private static String with(Key key, JsonNode value) {
    ObjectNode hive = (ObjectNode) Json.read(LEAST, JsonNode.class);
    String parent = key.pointer().substring(0, key.pointer().lastIndexOf('/'));
    String name = key.pointer().substring(parent.length() + 1);
    ObjectNode at = parent.isEmpty() ? hive : hive.withObject(parent);
    if (parent.equals("/gates/g")) {
      at.remove(List.of("run", "builtin"));
      boolean size = name.matches("builtin|(warn|max)(Bytes)?");
      at.put(size ? "builtin" : "run", "size");
      if (name.equals("min")) {
        at.put("measure", "lcov:a.info");
      }
    }
    if (parent.startsWith("/prices/")) {
      at.put("in", 9).put("out", 9);
    }
    if (parent.startsWith("/decisions/") && !name.equals("within")) {
      at.put("within", "1h");
    }
    if (parent.startsWith("/services/")) {
      String service = String.join("/", List.of(parent.split("/")).subList(0, 3));
      hive.withObject(service).put("run", "serve").remove(name.equals("address") ? "run" : "");
      if (name.equals("needs")) {
        value.forEach(other -> hive.withObject("/services/" + other.asText()).put("run", "serve"));
      }
    }
    if (parent.startsWith("/schedules/")) {
      String schedule = String.join("/", List.of(parent.split("/")).subList(0, 3));
      hive.withObject(schedule).put("cron", "@hourly").withObject("/task").put("title", "It");
    }
    if (name.equals("rollouts")) {
      hive.withObject("/services/db").put("run", "serve");
    }
    if (name.equals("driver")) {
      at.put("recipe", "r.yaml");
    }
    at.set(name, value);
    return hive.toString();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void anyKeyChangesTheDigest(Key key) {
    String one = digest(with(key, key.one()));
    String other = digest(with(key, key.other()));
    ObjectNode without = (ObjectNode) Json.read(with(key, key.one()), JsonNode.class);
    assertThat(one).isNotEqualTo(other).isNotEqualTo(digest(LEAST));
    assertThat(without.at(key.pointer()).isMissingNode()).isFalse();
  }

  @Test
  void theSchemaIsWalkedWhole() throws IOException {
    assertThat(keys())
        .extracting(Key::pointer)
        .contains(
            "/agents/a/run",
            "/agents/a/args",
            "/agents/a/program",
            "/agents/a/sandbox",
            "/agents/a/sandbox/network",
            "/agents/a/recipe",
            "/agents/a/model",
            "/agents/a/owns",
            "/agents/a/env/bug-fix",
            "/agents/a/limits/memory",
            "/gates/g/run",
            "/gates/g/builtin",
            "/gates/g/max",
            "/decisions/bug-fix/human",
            "/budgets/day/cost",
            "/queue/parallel/bug-fix",
            "/workspace/main",
            "/mcp");
  }

  @Test
  void howItIsWrittenDoesNotCount() {
    assertThat(
            digest(
                """
                # why
                gates:
                  g: { run: "x" } # a gate
                agents:
                  a: {env: {B: 2, A: 1}, run: x}
                """))
        .isEqualTo(digest("{agents: {a: {run: 'x', env: {A: 1, B: 2}}}, gates: {g: {run: x}}}"));
  }

  /** Of several agents that can do a task the first may get it; gates run one after another. */
  @ParameterizedTest
  @ValueSource(strings = {"agents", "gates"})
  void theirOrderCounts(String section) {
    assertThat(digest(section + ": { a: { run: x }, b: { run: x } }"))
        .isNotEqualTo(digest(section + ": { b: { run: x }, a: { run: x } }"));
  }

  private ConfigSnapshot read() {
    return ConfigSnapshot.read(folder, null);
  }

  private Path hive(String text) throws IOException {
    Files.createDirectories(folder.resolve(".hivedeck"));
    return Files.writeString(folder.resolve(HiveConfig.FILE), text);
  }

  @Test
  void aRuleFileIsPartOfItWithItsText() throws IOException {
    hive("rules: [ rules.yml, none.yml ]");
    Files.writeString(folder.resolve("rules.yml"), "groups: []\n");
    var one = read();
    assertThat(ConfigSnapshot.read(folder, one)).isSameAs(one);
    Files.writeString(folder.resolve("rules.yml"), "groups: []\n\n");
    var two = ConfigSnapshot.read(folder, one);
    assertThat(two.digest()).isNotEqualTo(one.digest());
    assertThat(two.config().slo().files().get("rules.yml").text()).endsWith("\n\n");
    assertThat(two.rules().get("none.yml").trouble()).contains("not there");
    assertThat(ConfigSnapshot.of(two.hive(), two.recipes(), two.rules()).digest())
        .isEqualTo(two.digest());
  }

  @Test
  void aRecipeIsPartOfItWithItsText() throws IOException {
    hive("agents: { a: { driver: scripted, recipe: r.yaml } }");
    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            HiveException.class,
            e ->
                assertThat(e.getMessage())
                    .isEqualTo(
                        ".hivedeck/hive.yaml:1: there is no recipe r.yaml, which a follows"));
    Files.writeString(folder.resolve("r.yaml"), "default: [ { run: one } ]");
    var one = read();
    assertThat(ConfigSnapshot.read(folder, one)).isSameAs(one);
    Files.writeString(folder.resolve("r.yaml"), "default: [ { run: two } ]");
    var two = ConfigSnapshot.read(folder, one);
    assertThat(one.digest()).isNotEqualTo(two.digest());
    Files.delete(folder.resolve("r.yaml"));
    assertThatThrownBy(() -> ConfigSnapshot.read(folder, two)).hasMessageContaining("r.yaml");
    assertThat(one.config().agents().get("a").recipe().text()).contains("one");
    assertThat(ConfigSnapshot.of(two.hive(), two.recipes(), two.rules()).digest())
        .isEqualTo(two.digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "pipe", "device", "dangling", "huge", "latin"})
  @Timeout(120)
  void whatIsNoTextSaysSoAndHangsNobody(String what) throws IOException {
    Path file = hive("agents: { a: { driver: scripted, recipe: r.yaml } }");
    Files.delete(file);
    make(what, file);
    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("config-unreadable");
              assertThat(e.getMessage()).contains("hive.yaml").doesNotContain("Exception");
              assertThat(e.hint()).isNotBlank();
            });

    Files.deleteIfExists(file);
    hive("{ agents: { a: { driver: scripted, recipe: r.yaml } }, rules: [ r.yaml ] }");
    make(what, folder.resolve("r.yaml"));
    assertThat(read().rules().get("r.yaml"))
        .satisfies(
            rules -> {
              assertThat(rules.text()).isNull();
              assertThat(rules.trouble()).contains("r.yaml").doesNotContain("Exception");
            });
    assertThat(read().config().agents().get("a").recipe())
        .satisfies(
            recipe -> {
              assertThat(recipe.text()).isNull();
              assertThat(recipe.trouble()).contains("r.yaml").doesNotContain("Exception");
            });
  }

  private static void make(String what, Path at) throws IOException {
    switch (what) {
      case "folder" -> Files.createDirectory(at);
      case "pipe" -> TestRepository.run(at.getParent(), "mkfifo", at.toString());
      case "device" -> Files.createSymbolicLink(at, Path.of("/dev/zero"));
      case "dangling" -> Files.createSymbolicLink(at, Path.of("nowhere"));
      case "huge" -> Files.writeString(at, "#".repeat(2 << 20));
      default -> Files.write(at, new byte[] {'#', (byte) 0xe9});
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agents: { a: { driver: scripted, recipe: \"a\\0b\" } }",
        "agents: { a: { run: \"a\\0b\" } }",
        "agents: { a: { run: a, env: { X: \"a\\0b\" } } }",
        "gates: { g: { run: \"a\\0b\" } }"
      })
  void aNulIsRefusedWithItsPlace(String yaml) {
    assertThatThrownBy(() -> digest(yaml))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("config-invalid");
              assertThat(e.getMessage()).contains("hive.yaml:1:", "NUL");
            });
  }
}
