package dev.hivedeck.engine.simulator;

import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a real agent program needs so that it talks to the scripted model and to nobody else: a home
 * of its own, which keeps it from your settings and your account, and the model's address in it.
 *
 * @param agent the program's name
 * @param home its folder
 * @param model as the program calls it
 * @param environment its variables
 * @param files what belongs into its home, by path
 * @param arguments with which a person starts it, before the prompt
 */
public record SimulatedHome(
    String agent,
    Path home,
    String model,
    Map<String, String> environment,
    Map<Path, String> files,
    List<String> arguments) {

  /** The programs that it is known of. */
  public static final List<String> AGENTS = List.of("codex", "opencode", "gemini", "claude");

  /** A key that opens nothing; some programs do not begin without one. */
  private static final String KEY = "dummy";

  private static final String MODEL = "scripted";

  /**
   * @param base the scenario's address, as {@link ModelServer#address(String)} tells it
   * @param home need not exist; see {@link #write}
   * @throws HiveException {@code no-agent}
   */
  public static SimulatedHome of(String agent, String base, Path home) {
    return switch (agent) {
      case "codex" -> codex(base, home);
      case "opencode" -> opencode(base, home);
      case "gemini" -> gemini(base, home);
      case "claude" -> claude(base, home);
      default ->
          throw new HiveException(
              ErrorCode.NO_AGENT,
              agent + " cannot be simulated" + DidYouMean.to(agent, AGENTS) + ".",
              "Choose one of " + String.join(", ", AGENTS) + ".");
    };
  }

  private static SimulatedHome codex(String base, Path home) {
    Path folder = home.resolve("codex");
    String config =
        """
        model = "%1$s"
        model_provider = "%1$s"
        check_for_update_on_startup = false

        [model_providers.%1$s]
        name = "%1$s"
        base_url = "%2$s/v1"
        wire_api = "responses"
        requires_openai_auth = false
        """
            .formatted(MODEL, base);
    return new SimulatedHome(
        "codex",
        home,
        MODEL,
        with(home, Map.of("CODEX_HOME", folder.toString())),
        Map.of(folder.resolve("config.toml"), config),
        List.of("exec", "--json", "--dangerously-bypass-approvals-and-sandbox"));
  }

  private static SimulatedHome opencode(String base, Path home) {
    var config = Json.object().put("model", MODEL + "/" + MODEL);
    var provider =
        config
            .putObject("provider")
            .putObject(MODEL)
            .put("npm", "@ai-sdk/openai-compatible")
            .put("name", "Scripted");
    provider.putObject("options").put("baseURL", base + "/v1").put("apiKey", KEY);
    var model = provider.putObject("models").putObject(MODEL).put("name", "Scripted");
    model.putObject("limit").put("context", 200_000).put("output", 8_000);
    // Dollars for a million tokens.
    model.putObject("cost").put("input", 1).put("output", 5).put("cache_read", 0.1);
    Path file = home.resolve("opencode.json");
    return new SimulatedHome(
        "opencode",
        home,
        MODEL + "/" + MODEL,
        with(
            home,
            Map.of(
                "OPENCODE_CONFIG", file.toString(),
                "OPENCODE_DISABLE_MODELS_FETCH", "1",
                "OPENCODE_DISABLE_AUTOUPDATE", "1",
                "XDG_CONFIG_HOME", home.resolve("config").toString(),
                "XDG_DATA_HOME", home.resolve("data").toString(),
                "XDG_STATE_HOME", home.resolve("state").toString(),
                "XDG_CACHE_HOME", home.resolve("cache").toString())),
        Map.of(file, Json.write(config)),
        List.of("run", "--format", "json", "--auto", "--title", "flight"));
  }

  private static SimulatedHome gemini(String base, Path home) {
    var settings = Json.object();
    settings.putObject("security").putObject("auth").put("selectedType", "gemini-api-key");
    settings.putObject("general").put("enableAutoUpdate", false);
    settings.putObject("privacy").put("usageStatisticsEnabled", false);
    return new SimulatedHome(
        "gemini",
        home,
        "gemini-2.5-pro",
        with(home, Map.of("GEMINI_API_KEY", KEY, "GOOGLE_GEMINI_BASE_URL", base)),
        Map.of(home.resolve(".gemini").resolve("settings.json"), Json.write(settings)),
        List.of("-m", "gemini-2.5-pro", "--yolo", "--skip-trust", "-o", "stream-json", "-p"));
  }

  private static SimulatedHome claude(String base, Path home) {
    return new SimulatedHome(
        "claude",
        home,
        "claude-sonnet-4-5",
        with(
            home,
            Map.of(
                "ANTHROPIC_BASE_URL", base,
                "ANTHROPIC_API_KEY", KEY,
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1",
                "DISABLE_AUTOUPDATER", "1",
                "IS_SANDBOX", "1")),
        Map.of(),
        List.of(
            "--output-format",
            "stream-json",
            "--verbose",
            "--permission-mode",
            "bypassPermissions",
            "-p"));
  }

  /** A home by all names that programs know it by. */
  private static Map<String, String> with(Path home, Map<String, String> more) {
    var all = new LinkedHashMap<String, String>();
    all.put("HOME", home.toString());
    all.put("USERPROFILE", home.toString());
    all.put("TMPDIR", home.resolve("tmp").toString());
    all.putAll(new java.util.TreeMap<>(more));
    return all;
  }

  /**
   * The agent as {@code hive.yaml} describes it, in JSON, which YAML understands.
   *
   * @param program to run, or null for the one of that name on the PATH
   * @param sandbox {@code read-only}, {@code workspace} or {@code full}
   */
  public String entry(String program, String sandbox) {
    var entry = Json.object().put("driver", agent).put("model", model).put("sandbox", sandbox);
    if (program != null) {
      entry.put("program", program);
    }
    var env = entry.putObject("env");
    environment.forEach(env::put);
    return Json.write(entry);
  }

  /** Makes the home with its files. */
  public SimulatedHome write() {
    try {
      Files.createDirectories(home.resolve("tmp"));
      for (var file : files.entrySet()) {
        Files.createDirectories(file.getKey().getParent());
        Files.writeString(file.getKey(), file.getValue());
      }
      return this;
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NO_HOME,
          "The home for " + agent + " cannot be made in " + home + ": " + e.getMessage(),
          "Free some space there, or choose another folder.",
          e);
    }
  }
}
