package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.protocol.Discovery.Form;
import java.util.List;
import java.util.Optional;

/**
 * A command line agent that Hivedeck knows: how it is started without a terminal, and where its own
 * documentation says that its sign-in shows.
 *
 * @param id the program's name
 * @param name as people say it
 * @param form of the definitions that it reads, or null when it has none of its own
 * @param run for an agent of the driver {@code command}: starts it without a terminal, in a
 *     worktree, with the prompt on standard input or from the prompt's file; null where it has a
 *     driver of its own name
 * @param format whose events that line prints, or null
 * @param as the option that makes it one of its own agents, or null when it cannot be told
 * @param least version that understands these, or null when none is known not to
 * @param install how to get it
 */
record KnownCli(
    String id,
    String name,
    Form form,
    String run,
    String format,
    String as,
    Least least,
    Login login,
    Install install) {

  /** How to get it, by platform. */
  record Install(String mac, String linux, String windows) {
    /** With a tool that is the same everywhere. */
    static Install everywhere(String command) {
      return new Install(command, command, command);
    }

    String on(HostEnvironment host) {
      return host.windows() ? windows : host.mac() ? mac : linux;
    }
  }

  /**
   * @param why what this version brought
   */
  record Least(ProgramVersion version, String why) {}

  /** Where sign-ins may be that nobody can see without being asked for a password. */
  enum Keychain {
    NONE,
    ON_MAC,
    ANYWHERE
  }

  /**
   * Files are written with {@code ~} for the home, and {@code $NAME|~/x/y} for {@code y} in the
   * folder that a variable names, or else in {@code ~/x}.
   *
   * @param keys variables, each of which signs it in
   * @param files one of which is there once it is signed in
   * @param elsewhere what tells that it is signed in by other means, which are not to be seen
   * @param how to sign in
   */
  record Login(
      List<String> keys,
      List<String> files,
      List<Elsewhere> elsewhere,
      Keychain keychain,
      String how) {}

  /**
   * @param variable that is set, or null
   * @param file of settings, without secrets, that has the word in it; or null
   */
  record Elsewhere(String variable, String file, String word) {
    static Elsewhere set(String variable) {
      return new Elsewhere(variable, null, null);
    }

    static Elsewhere says(String file, String word) {
      return new Elsewhere(null, file, word);
    }
  }

  private static final String PROMPT = "\"$(cat \"$HIVEDECK_PROMPT_FILE\")\"";

  /** In the order in which they are shown, and chosen where any would do. */
  static final List<KnownCli> ALL =
      List.of(
          new KnownCli(
              "codex",
              "Codex",
              Form.CODEX,
              null,
              null,
              null,
              null,
              new Login(
                  List.of("CODEX_API_KEY"),
                  List.of("$CODEX_HOME|~/.codex/auth.json"),
                  List.of(
                      Elsewhere.says(
                          "$CODEX_HOME|~/.codex/config.toml", "cli_auth_credentials_store"),
                      Elsewhere.says("$CODEX_HOME|~/.codex/config.toml", "model_provider")),
                  Keychain.NONE,
                  "codex login"),
              Install.everywhere("npm install -g @openai/codex")),
          new KnownCli(
              "claude",
              "Claude Code",
              Form.CLAUDE,
              null,
              null,
              "--agent",
              new Least(new ProgramVersion("2.0.59"), "runs one of .claude/agents by --agent"),
              new Login(
                  List.of("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"),
                  List.of("$CLAUDE_CONFIG_DIR|~/.claude/.credentials.json"),
                  List.of(
                      Elsewhere.set("CLAUDE_CODE_USE_BEDROCK"),
                      Elsewhere.set("CLAUDE_CODE_USE_VERTEX"),
                      Elsewhere.says("$CLAUDE_CONFIG_DIR|~/.claude/settings.json", "apiKeyHelper")),
                  Keychain.ON_MAC,
                  "claude, then /login"),
              Install.everywhere("npm install -g @anthropic-ai/claude-code")),
          new KnownCli(
              "opencode",
              "opencode",
              Form.OPENCODE,
              null,
              null,
              "--agent",
              null,
              // It takes the keys of any provider, from the environment or from opencode.json.
              new Login(
                  List.of("OPENCODE_API_KEY"),
                  List.of("$XDG_DATA_HOME|~/.local/share/opencode/auth.json"),
                  List.of(),
                  Keychain.ANYWHERE,
                  "opencode auth login"),
              Install.everywhere("npm install -g opencode-ai")),
          new KnownCli(
              "gemini",
              "Gemini CLI",
              Form.GEMINI,
              null,
              null,
              null,
              null,
              new Login(
                  List.of("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS"),
                  List.of("~/.gemini/oauth_creds.json", "~/.gemini/gemini-credentials.json"),
                  List.of(),
                  Keychain.ANYWHERE,
                  "gemini, then choose how to sign in"),
              Install.everywhere("npm install -g @google/gemini-cli")),
          new KnownCli(
              "goose",
              "goose",
              null,
              "goose run --no-session --instructions -",
              null,
              null,
              null,
              new Login(
                  List.of(),
                  List.of("~/.config/goose/secrets.yaml"),
                  List.of(),
                  Keychain.ANYWHERE,
                  "goose configure"),
              new Install(
                  "brew install block-goose-cli",
                  "curl -fsSL https://github.com/block/goose/releases/download/stable/download_cli.sh"
                      + " | bash",
                  "see block.github.io/goose")),
          new KnownCli(
              "aider",
              "aider",
              null,
              "aider --yes-always --no-check-update --message-file \"$HIVEDECK_PROMPT_FILE\"",
              null,
              null,
              null,
              // It takes the key of its provider from the environment, .env or .aider.conf.yml.
              new Login(
                  List.of(
                      "OPENAI_API_KEY",
                      "ANTHROPIC_API_KEY",
                      "GEMINI_API_KEY",
                      "OPENROUTER_API_KEY"),
                  List.of("~/.aider/oauth-keys.env"),
                  List.of(),
                  Keychain.ANYWHERE,
                  "set the key of your provider, such as OPENAI_API_KEY"),
              Install.everywhere("uv tool install aider-chat")),
          new KnownCli(
              "amp",
              "Amp",
              null,
              "amp --execute",
              null,
              null,
              null,
              new Login(
                  List.of("AMP_API_KEY"),
                  List.of("~/.local/share/amp/secrets.json"),
                  List.of(),
                  Keychain.ANYWHERE,
                  "amp login"),
              Install.everywhere("npm install -g @sourcegraph/amp")),
          new KnownCli(
              "cursor-agent",
              "Cursor CLI",
              null,
              "cursor-agent --print --force " + PROMPT,
              null,
              null,
              null,
              new Login(
                  List.of("CURSOR_API_KEY"),
                  List.of("$XDG_CONFIG_HOME|~/.config/cursor/auth.json", "~/.cursor/auth.json"),
                  List.of(),
                  Keychain.ON_MAC,
                  "cursor-agent login"),
              new Install(
                  "curl https://cursor.com/install -fsS | bash",
                  "curl https://cursor.com/install -fsS | bash",
                  "see cursor.com/cli")),
          new KnownCli(
              "copilot",
              "Copilot CLI",
              Form.COPILOT,
              "copilot --allow-all-tools --output-format json",
              "copilot",
              "--agent",
              null,
              new Login(
                  List.of("COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"),
                  List.of(),
                  List.of(),
                  Keychain.ANYWHERE,
                  "copilot, then /login"),
              Install.everywhere("npm install -g @github/copilot")),
          new KnownCli(
              "qwen",
              "Qwen Code",
              null,
              "qwen --yolo -o stream-json",
              "qwen",
              null,
              null,
              new Login(
                  List.of("OPENAI_API_KEY", "DASHSCOPE_API_KEY"),
                  List.of("~/.qwen/oauth_creds.json"),
                  List.of(),
                  Keychain.ANYWHERE,
                  "qwen, then /auth"),
              Install.everywhere("npm install -g @qwen-code/qwen-code")),
          new KnownCli(
              "pi",
              "pi",
              null,
              "pi -p --mode json",
              "pi",
              null,
              null,
              // It makes its auth.json before anybody has signed in.
              new Login(List.of(), List.of(), List.of(), Keychain.ANYWHERE, "pi, then /login"),
              Install.everywhere("npm install -g @mariozechner/pi-coding-agent")),
          new KnownCli(
              "cline",
              "Cline CLI",
              null,
              "cline --json " + PROMPT,
              "cline",
              null,
              null,
              new Login(
                  List.of(),
                  List.of("~/.cline/data/settings/providers.json"),
                  List.of(),
                  Keychain.ANYWHERE,
                  "cline auth"),
              Install.everywhere("npm install -g cline")));

  /** The driver that its agents have. */
  String driver() {
    return run == null ? id : "command";
  }

  /** The one that reads definitions of that form, if there is one. */
  static Optional<KnownCli> reading(Form form) {
    return ALL.stream().filter(c -> c.form() == form).findFirst();
  }
}
