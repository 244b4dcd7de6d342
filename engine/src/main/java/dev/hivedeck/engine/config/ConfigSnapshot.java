package dev.hivedeck.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.AgentSpec.RecipeFile;
import dev.hivedeck.engine.config.SloConfig.RuleText;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * {@code hive.yaml} and the recipes and rule files that it names, as they were at one moment: all
 * that decides what a workspace runs and what it lets pass. Two with the same digest do the same.
 */
public final class ConfigSnapshot {
  /** A change of how the digest is made asks everybody again. */
  private static final int FORMAT = 1;

  /** Sections in which the first that fits is taken, or runs first: their order says something. */
  private static final Set<String> ORDERED = Set.of("agents", "gates");

  /** Of one file, and of all of a kind together: more nobody reads before consenting. */
  private static final int LARGEST_FILE = 1 << 20;

  private static final int LARGEST = 4 << 20;

  private final String hive;
  private final Map<String, RecipeFile> recipes;
  private final Map<String, RuleText> rules;
  private final HiveConfig config;
  private final JsonNode canonical;
  private final String digest;

  private ConfigSnapshot(
      String hive,
      HiveConfig config,
      JsonNode tree,
      Map<String, RecipeFile> recipes,
      Map<String, RuleText> rules) {
    this.hive = hive;
    this.recipes = recipes;
    this.rules = rules;
    this.config = config.with(withRecipes(config.agents(), recipes), config.slo().with(rules));
    this.canonical = canonical(tree, ORDERED);
    this.digest = digestOf();
  }

  /**
   * Reads what is in a repository now.
   *
   * @param before what was read last, which is answered again when nothing differs; or null
   * @throws HiveException {@code config-unreadable}, {@code config-invalid}
   */
  public static ConfigSnapshot read(Path root, ConfigSnapshot before) {
    String hive = HiveConfig.read(root.resolve(HiveConfig.FILE));
    if (before != null && Objects.equals(hive, before.hive)) {
      var recipes = recipes(before.config, path -> read(root, path));
      if (recipes.equals(before.recipes)
          && rules(before.config, path -> rule(root, path)).equals(before.rules)) {
        return before;
      }
    }
    return would(root, hive);
  }

  /**
   * One that was written down.
   *
   * @param hive the text of {@code hive.yaml}, or null for none
   * @param recipes as {@link #recipes}
   * @param rules as {@link #rules}
   */
  public static ConfigSnapshot of(
      String hive, Map<String, RecipeFile> recipes, Map<String, RuleText> rules) {
    if (hive == null) {
      return new ConfigSnapshot(null, HiveConfig.NONE, Json.object(), Map.of(), Map.of());
    }
    var yaml = new YamlSource(HiveConfig.FILE, hive, ErrorCode.CONFIG_INVALID);
    var config = HiveConfig.parse(yaml);
    return new ConfigSnapshot(
        hive,
        config,
        yaml.root(),
        recipes(config, path -> recipes.get(path.toString())),
        rules(config, rules::get));
  }

  /**
   * What would be read in a repository if {@code hive.yaml} had this text.
   *
   * @throws HiveException {@code config-invalid}
   */
  public static ConfigSnapshot would(Path root, String hive) {
    if (hive == null) {
      return of(null, Map.of(), Map.of());
    }
    var yaml = new YamlSource(HiveConfig.FILE, hive, ErrorCode.CONFIG_INVALID);
    var config = HiveConfig.parse(yaml);
    for (var agent : config.agents().values()) {
      if (agent.recipe() != null
          && !Files.exists(root.resolve(agent.recipe().path()), LinkOption.NOFOLLOW_LINKS)) {
        yaml.wrong(
            "/agents/" + agent.name() + "/recipe",
            "there is no recipe " + agent.recipe().path() + ", which " + agent.name() + " follows");
      }
    }
    yaml.check("Write the file, or correct its path.");
    return new ConfigSnapshot(
        hive,
        config,
        yaml.root(),
        recipes(config, path -> read(root, path)),
        rules(config, path -> rule(root, path)));
  }

  private interface RecipeSource {
    RecipeFile read(Path path);
  }

  private static Map<String, RecipeFile> recipes(HiveConfig config, RecipeSource source) {
    var recipes = new TreeMap<String, RecipeFile>();
    long all = 0;
    for (var agent : config.agents().values()) {
      if (agent.recipe() == null || recipes.containsKey(agent.recipe().path().toString())) {
        continue;
      }
      var path = agent.recipe().path();
      var recipe = all > LARGEST ? tooMuch(path) : source.read(path);
      if (recipe != null) {
        recipes.put(path.toString(), recipe);
        all += recipe.text() == null ? 0 : recipe.text().length();
      }
    }
    return recipes;
  }

  private static RecipeFile tooMuch(Path path) {
    return new RecipeFile(
        path, null, path + " is left out: the recipes before it have " + (LARGEST >> 20) + " MB.");
  }

  /** A recipe that cannot be read is trouble of the agent that follows it, not of the others. */
  private static RecipeFile read(Path root, Path path) {
    try {
      String text = TextFile.read(root.resolve(path), LARGEST_FILE, ErrorCode.RECIPE_INVALID);
      return new RecipeFile(path, text, text == null ? path + " is not there." : null);
    } catch (HiveException e) {
      return new RecipeFile(path, null, e.getMessage());
    }
  }

  private static Map<String, RuleText> rules(HiveConfig config, Function<String, RuleText> source) {
    var rules = new TreeMap<String, RuleText>();
    long all = 0;
    for (String path : config.slo().rules()) {
      var rule =
          all > LARGEST
              ? new RuleText(
                  null, path + " is left out: the files before it have " + (LARGEST >> 20) + " MB.")
              : source.apply(path);
      if (rule != null && rules.put(path, rule) == null) {
        all += rule.text() == null ? 0 : rule.text().length();
      }
    }
    return rules;
  }

  /** A rule file that cannot be read leaves the others. */
  private static RuleText rule(Path root, String path) {
    try {
      Path file = root.resolve(path);
      if (Files.exists(file) && !file.toRealPath().startsWith(root.toRealPath())) {
        return new RuleText(
            null,
            path + " lies outside of the repository. Move it there; no link may lead out of it.");
      }
      String text = TextFile.read(file, LARGEST_FILE, ErrorCode.RULES_UNREADABLE);
      return text == null
          ? new RuleText(null, path + " is not there. Write its path from the repository's root.")
          : new RuleText(text, null);
    } catch (InvalidPathException | IOException | HiveException e) {
      return new RuleText(null, path + " cannot be read: " + e.getMessage());
    }
  }

  private static Map<String, AgentSpec> withRecipes(
      Map<String, AgentSpec> agents, Map<String, RecipeFile> recipes) {
    var all = new LinkedHashMap<String, AgentSpec>();
    agents.forEach(
        (name, agent) ->
            all.put(
                name,
                agent.recipe() == null
                    ? agent
                    : agent.with(recipes.get(agent.recipe().path().toString()))));
    return all;
  }

  /** The text of {@code hive.yaml}; null where there was none. */
  public String hive() {
    return hive;
  }

  /** The recipes by their paths. */
  public Map<String, RecipeFile> recipes() {
    return recipes;
  }

  /** What is in the rule files, by their paths. */
  public Map<String, RuleText> rules() {
    return rules;
  }

  /** What it says; its agents have their recipes with them. */
  public HiveConfig config() {
    return config;
  }

  /** What it says, key by key, as it counts for the digest. */
  public JsonNode keys() {
    return canonical;
  }

  /** Changes with anything that is said, not with comments or how it is written. */
  public String digest() {
    return digest;
  }

  /** Whether nothing is said beyond the format and what the workspace is called. */
  public boolean empty() {
    for (var section : canonical.properties()) {
      JsonNode said = section.getValue();
      boolean name = section.getKey().equals("workspace") && said.size() == 1 && said.has("name");
      boolean silent = said.isContainerNode() && said.isEmpty();
      if (!name && !silent && !section.getKey().equals("version")) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode canonical(JsonNode node, Set<String> ordered) {
    if (node.isObject()) {
      ObjectNode sorted = Json.object();
      for (String key : new TreeSet<>(node.properties().stream().map(Map.Entry::getKey).toList())) {
        sorted.set(
            key,
            ordered.contains(key) ? inOrder(node.get(key)) : canonical(node.get(key), Set.of()));
      }
      return sorted;
    }
    if (node.isArray()) {
      var items = Json.MAPPER.createArrayNode();
      node.forEach(item -> items.add(canonical(item, Set.of())));
      return items;
    }
    return node;
  }

  private static JsonNode inOrder(JsonNode section) {
    if (!section.isObject()) {
      return section;
    }
    ObjectNode kept = Json.object();
    section.properties().forEach(e -> kept.set(e.getKey(), canonical(e.getValue(), Set.of())));
    return kept;
  }

  private String digestOf() {
    var all = Json.object().put("format", FORMAT);
    all.set("hive", canonical);
    var texts = all.putObject("recipes");
    recipes.forEach(
        (path, recipe) ->
            texts.putObject(path).put("text", recipe.text()).put("trouble", recipe.trouble()));
    if (!rules.isEmpty()) { // else a consent from before they counted stays one
      var files = all.putObject("rules");
      rules.forEach(
          (path, rule) ->
              files.putObject(path).put("text", rule.text()).put("trouble", rule.trouble()));
    }
    return sha256(Json.write(all));
  }

  /** The SHA-256 of a text, in hexadecimal digits. */
  public static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
