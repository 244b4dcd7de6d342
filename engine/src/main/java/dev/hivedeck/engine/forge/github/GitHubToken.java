package dev.hivedeck.engine.forge.github;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.security.SecretLookup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the token where the user has it: {@code gh}, the system's credential store, a variable
 * or git's own credentials. Each belongs to a host, and is given for no other. It is written down
 * nowhere, and masked from then on.
 */
public final class GitHubToken {
  /** Kept by {@code hivedeck secret set github-token}, for github.com. */
  public static final String SECRET = "github-token";

  public static final String GH = "gh";
  public static final String KEYCHAIN = "keychain";
  public static final String GIT = "git";
  private static final String VARIABLE = "env:";

  /** As {@code gh} takes them for GitHub's own hosts, in its order. */
  private static final List<String> VARIABLES = List.of("GH_TOKEN", "GITHUB_TOKEN");

  /** As {@code gh} takes them for all others. */
  private static final List<String> ENTERPRISE =
      List.of("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN");

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MOST = 20_000;

  /** A token has no blanks; whatever has some is a message. */
  private static final Pattern FORM = Pattern.compile("[!-~]{8,4096}");

  private final SecretLookup secrets;
  private final Map<String, String> environment;
  private final Path folder;

  /**
   * A token and where it came from.
   *
   * @param source as {@link #find(String, String)} takes it
   */
  public record Found(String value, String source) {
    /** It is in no text. */
    @Override
    public String toString() {
      return "a token from " + source;
    }
  }

  /**
   * @param environment of the engine
   * @param folder of the repository
   */
  public GitHubToken(SecretLookup secrets, Map<String, String> environment, Path folder) {
    this.secrets = secrets;
    this.environment = Map.copyOf(environment);
    this.folder = folder;
  }

  /**
   * @param source {@code gh}, {@code keychain}, {@code git}, {@code env} or {@code env:NAME}; null
   *     for the first that has one
   * @throws HiveException {@code bad-parameter}, {@code no-token} with the remedy
   */
  public Found find(@Nullable String source, String host) {
    if (source != null && !ForgeCommand.Link.SOURCE.matcher(source).matches()) {
      throw new HiveException(
          ErrorCode.BAD_PARAMETER,
          "A token is asked for at a place, and this names none.",
          "Write gh, keychain, git, env or env:NAME; a token itself is nowhere written down. Keep"
              + " it with hivedeck secret set "
              + SECRET
              + ".");
    }
    var found =
        source == null
            ? any(host)
            : switch (source) {
              case GH -> gh(host);
              case KEYCHAIN -> keychain(host);
              case GIT -> git(host);
              case "env" -> variables(host);
              default -> variable(source.substring(VARIABLE.length()));
            };
    return found.orElseThrow(
        () ->
            new HiveException(
                ErrorCode.NO_TOKEN,
                source == null
                    ? "Nobody has a token for " + host + "."
                    : "There is no token for " + host + " from " + source + ".",
                "Sign in with gh auth login, or keep a token with hivedeck secret set "
                    + secret(host)
                    + ": it needs to read and write code, pull requests and issues."));
  }

  private Optional<Found> any(String host) {
    return gh(host).or(() -> keychain(host)).or(() -> variables(host)).or(() -> git(host));
  }

  private Optional<Found> gh(String host) {
    return run("", List.of("gh", "auth", "token", "--hostname", host))
        .flatMap(out -> taken(out.strip(), GH));
  }

  /** Under which name the token for a host is kept. */
  static String secret(String host) {
    return host.equals("github.com") ? SECRET : SECRET + "-" + host;
  }

  private Optional<Found> keychain(String host) {
    String name = secret(host);
    return secrets.places().containsKey(name)
        ? taken(secrets.value("secret:" + name), KEYCHAIN)
        : Optional.empty();
  }

  private Optional<Found> variables(String host) {
    return (GitHubAddress.isGitHubs(host) ? VARIABLES : ENTERPRISE)
        .stream().flatMap(name -> variable(name).stream()).findFirst();
  }

  private Optional<Found> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .flatMap(value -> taken(value.strip(), VARIABLE + name));
  }

  /** As git itself would be answered, by whatever helper the user has. */
  private Optional<Found> git(String host) {
    String asked = "protocol=https\nhost=" + host + "\n\n";
    return run(asked, List.of("git", "credential", "fill"))
        .flatMap(
            out ->
                out.lines()
                    .filter(line -> line.startsWith("password="))
                    .map(line -> line.substring("password=".length()))
                    .findFirst())
        .flatMap(value -> taken(value, GIT));
  }

  private Optional<Found> taken(String value, String source) {
    if (!FORM.matcher(value).matches()) {
      return Optional.empty();
    }
    secrets.mask(value);
    return Optional.of(new Found(value, source));
  }

  /** What a program says; empty where there is none, or it has nothing, or does not end. */
  private Optional<String> run(String input, List<String> command) {
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    builder.environment().put("GIT_ASKPASS", "");
    builder.environment().put("SSH_ASKPASS", "");
    builder.environment().put("GH_PROMPT_DISABLED", "1");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      var process = builder.start();
      try {
        var out = read(process.getInputStream());
        try (var in = process.getOutputStream()) {
          in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          // It has ended without reading; its code says whether that matters.
        }
        String said = out.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        boolean ended = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return ended && process.exitValue() == 0 ? Optional.of(said) : Optional.empty();
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException | ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  private static CompletableFuture<String> read(InputStream stream) {
    var read = new CompletableFuture<String>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                read.complete(new String(stream.readNBytes(MOST), StandardCharsets.UTF_8));
              } catch (IOException e) {
                read.completeExceptionally(e);
              }
            });
    return read;
  }
}
