package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.agent.discovery.KnownCli.Elsewhere;
import dev.hivedeck.engine.agent.discovery.KnownCli.Keychain;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where programs run: the user's environment and home.
 *
 * @param environment by name; values of keys are never looked at
 * @param system as {@code os.name} tells it
 */
public record HostEnvironment(Map<String, String> environment, Path home, String system) {
  private static final int LARGEST_SETTINGS = 1 << 20;

  public static HostEnvironment here() {
    return new HostEnvironment(System.getenv(), HivedeckHome.user(), System.getProperty("os.name"));
  }

  boolean windows() {
    return system.toLowerCase(Locale.ROOT).startsWith("win");
  }

  boolean mac() {
    return system.toLowerCase(Locale.ROOT).contains("mac");
  }

  private boolean set(String variable) {
    return !environment.getOrDefault(variable, "").isBlank();
  }

  String path() {
    return environment.getOrDefault("PATH", environment.getOrDefault("Path", ""));
  }

  /** Where the shell would find a program. Folders that depend on where one is do not count. */
  Optional<Path> program(String name) {
    List<String> endings =
        windows()
            ? List.of(environment.getOrDefault("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";"))
            : List.of("");
    for (String folder : path().split(File.pathSeparator)) {
      for (String ending : endings) {
        try {
          Path file = Path.of(folder).resolve(name + ending);
          if (file.isAbsolute() && Files.isRegularFile(file) && Files.isExecutable(file)) {
            return Optional.of(file);
          }
        } catch (InvalidPathException e) {
          // A folder with a name that no folder can have holds nothing.
          continue;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Where a program is that is named as the shell takes it: by its place, or to be looked for.
   *
   * @param folder in which the shell is
   */
  public Optional<Path> program(String named, Path folder) {
    try {
      if (!named.contains("/") && !named.contains(File.separator)) {
        return program(named);
      }
      return Optional.of(folder.resolve(named))
          .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Where the tools are had that others are installed with. */
  private static final Map<String, String> TOOLS =
      Map.of(
          "npm", "Node.js (nodejs.org)",
          "brew", "Homebrew (brew.sh)",
          "uv", "uv (docs.astral.sh/uv)",
          "curl", "curl");

  /** How to get a program here, and first the tool that this takes, where it is not there. */
  String toInstall(KnownCli cli) {
    String how = cli.install().on(this);
    String tool = how.split(" ", 2)[0];
    return TOOLS.containsKey(tool) && program(tool).isEmpty()
        ? "Install " + TOOLS.get(tool) + ", then: " + how
        : "Install it: " + how;
  }

  /**
   * What is seen of a sign-in.
   *
   * @param evidence what tells so
   * @param pass names of the variables without which it would not hold
   */
  record Seen(SignIn signIn, String evidence, List<String> pass) {}

  Seen signIn(KnownCli.Login login) {
    // Agents are not given keys unless asked to, so a file is the better news.
    for (String file : login.files()) {
      Place place = place(file);
      if (Files.isRegularFile(place.file())) {
        return new Seen(SignIn.YES, place.words() + " is there", place.pass());
      }
    }
    for (String key : login.keys()) {
      if (set(key)) {
        return new Seen(SignIn.YES, key + " is set", List.of(key));
      }
    }
    for (Elsewhere other : login.elsewhere()) {
      if (other.variable() != null && set(other.variable())) {
        return new Seen(SignIn.UNKNOWN, other.variable() + " is set", List.of(other.variable()));
      }
      if (other.file() != null && has(place(other.file()).file(), other.word())) {
        return new Seen(
            SignIn.UNKNOWN,
            place(other.file()).words() + " sets " + other.word(),
            place(other.file()).pass());
      }
    }
    if (login.keychain() == Keychain.ANYWHERE || login.keychain() == Keychain.ON_MAC && mac()) {
      return new Seen(SignIn.UNKNOWN, "it may keep its sign-in where only it can look", List.of());
    }
    return new Seen(SignIn.NO, "there is no " + place(login.files().getFirst()).words(), List.of());
  }

  /** A file, as people write it. */
  private record Place(Path file, String words, List<String> pass) {}

  private Place place(String written) {
    int or = written.indexOf('|');
    if (or > 0) {
      String variable = written.substring(1, or);
      String usual = written.substring(or + 1);
      if (set(variable)) {
        String rest = relative(usual);
        return new Place(
            Path.of(environment.get(variable)).resolve(rest),
            "$" + variable + "/" + rest,
            List.of(variable));
      }
      return place(usual);
    }
    return new Place(home.resolve(written.substring(2)), written, List.of());
  }

  /** What of the usual place lies within the folder that a variable moves. */
  private static String relative(String usual) {
    for (String folder : List.of("~/.local/share/", "~/.config/")) {
      if (usual.startsWith(folder)) {
        return usual.substring(folder.length());
      }
    }
    return usual.substring(usual.indexOf('/', 2) + 1);
  }

  private static boolean has(Path file, String word) {
    try {
      return Files.isRegularFile(file)
          && Files.size(file) <= LARGEST_SETTINGS
          && new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8)
              .contains(word);
    } catch (IOException e) {
      return false;
    }
  }
}
