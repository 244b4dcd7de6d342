package dev.hivedeck.engine.forge.github;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a repository is on GitHub.
 *
 * @param host that its users see, to which its token belongs
 * @param api base address of its API, without a slash at its end
 */
public record GitHubAddress(String host, String owner, String name, String api) {
  private static final String PUBLIC = "github.com";
  private static final String TENANT = ".ghe.com";
  private static final Pattern URL =
      Pattern.compile("(?:https?|ssh|git)://(?:[^@/]*@)?([^/:]+)(?::\\d+)?/(.+)");
  private static final Pattern SHORT = Pattern.compile("(?:[^@/:]+@)?([^/:]{2,}):(?!/)(.+)");
  private static final Pattern PATH =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+?)(?:\\.git)?/?");

  /**
   * By the address of a remote: {@code https}, {@code ssh}, or as scp has it. Empty where it is
   * none of GitHub's form, a folder for example.
   */
  public static Optional<GitHubAddress> of(String remote) {
    var url = URL.matcher(remote.strip());
    var match = url.matches() ? url : SHORT.matcher(remote.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    String host = match.group(1).toLowerCase(Locale.ROOT);
    return at(host.equals("ssh." + PUBLIC) ? PUBLIC : host, match.group(2));
  }

  /** By {@code owner/name} at a host. */
  public static Optional<GitHubAddress> at(String host, String repository) {
    var path = PATH.matcher(repository.strip());
    return path.matches() && !path.group(2).matches("\\.+")
        ? Optional.of(new GitHubAddress(host, path.group(1), path.group(2), api(host)))
        : Optional.empty();
  }

  private static String api(String host) {
    return host.equals(PUBLIC)
        ? "https://api.github.com"
        : host.endsWith(TENANT) ? "https://api." + host : "https://" + host + "/api/v3";
  }

  /** The same repository by another API, whose host it is at then. */
  public GitHubAddress with(String base) {
    String named = String.valueOf(URI.create(base).getHost()).toLowerCase(Locale.ROOT);
    boolean apart = named.equals("api." + PUBLIC) || named.endsWith(TENANT);
    return new GitHubAddress(
        apart ? named.replaceFirst("^api\\.", "") : named, owner, name, base.replaceAll("/+$", ""));
  }

  /** Whether a host is GitHub's own: that, or a tenant's there. */
  static boolean isGitHubs(String host) {
    return host.equals(PUBLIC) || host.endsWith(TENANT);
  }

  /** As people write it. */
  public String repository() {
    return owner + "/" + name;
  }

  /** Where GraphQL is asked; a server of one's own has it beside the REST API. */
  public String graphql() {
    return api.endsWith("/api/v3")
        ? api.substring(0, api.length() - "/v3".length()) + "/graphql"
        : api + "/graphql";
  }
}
