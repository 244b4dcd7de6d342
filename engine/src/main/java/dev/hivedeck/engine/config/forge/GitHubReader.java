package dev.hivedeck.engine.config.forge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.forge.GitHubConfig.Issues;
import dev.hivedeck.engine.config.forge.GitHubConfig.MergedBy;
import dev.hivedeck.engine.config.forge.GitHubConfig.Pulls;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code github}, noting at its line what is wrong with it. */
public final class GitHubReader {
  private static final String AT = "/github";
  private static final Duration LEAST = Duration.ofSeconds(10);
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^{}]*?)\\s*}}");

  /** What a template of the body may name. */
  public static final List<String> PLACES =
      List.of("what", "why", "risk", "rollback", "metrics", "tests", "stack", "change", "task");

  private final YamlSource source;

  private GitHubReader(YamlSource source) {
    this.source = source;
  }

  /** What the section says; where there is none, the standard. */
  public static GitHubConfig read(YamlSource source) {
    var node = source.root().path("github");
    return node.isObject() ? new GitHubReader(source).read(node) : GitHubConfig.STANDARD;
  }

  private GitHubConfig read(JsonNode node) {
    var standard = GitHubConfig.STANDARD;
    var every = time(node, "every", standard.every());
    if (every.compareTo(LEAST) < 0) {
      wrong(
          "every", "GitHub does not want to be asked more often than every ten seconds; write 1m");
    }
    String api = text(node, "api");
    String problem = api == null ? null : problem(api);
    if (problem != null) {
      wrong("api", "this address " + problem);
    }
    String webhook = text(node, "webhook");
    if (webhook != null && !SecretRef.FORM.matcher(webhook).matches()) {
      wrong(
          "webhook",
          "the secret of webhooks does not stand here; write secret:github-webhook, and keep it"
              + " with hivedeck secret set github-webhook");
    }
    String remote = text(node, "remote");
    if (remote != null && (remote.startsWith("-") || remote.contains(" "))) {
      wrong("remote", "\"" + remote + "\" is no name of a remote; git remote lists them");
    }
    return new GitHubConfig(
        remote == null ? standard.remote() : remote,
        api,
        every,
        pulls(node.path("pulls")),
        MergedBy.valueOf(node.path("merge").asText("queue").toUpperCase(Locale.ROOT)),
        node.path("rounds").asInt(standard.rounds()),
        time(node, "cooldown", standard.cooldown()),
        issues(node.path("issues")),
        webhook);
  }

  /** Why a token is not sent to an address; null when it may be. */
  public static @Nullable String problem(String api) {
    try {
      var uri = new URI(api);
      if (uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null) {
        return "is no base address of an API; write https://github.example.com/api/v3";
      }
      boolean plain = "http".equals(uri.getScheme()) && LOCAL.contains(uri.getHost());
      return "https".equals(uri.getScheme()) || plain
          ? null
          : "would carry the token for anybody to read; write https://";
    } catch (URISyntaxException e) {
      return "is no address; write https://github.example.com/api/v3";
    }
  }

  private Pulls pulls(JsonNode node) {
    var labels = new ArrayList<String>();
    node.path("labels").forEach(label -> labels.add(label.asText()));
    String template = text(node, "template");
    if (template != null) {
      var places = PLACE.matcher(template);
      while (places.find()) {
        String place = places.group(1);
        if (!PLACES.contains(place)) {
          wrong(
              "pulls/template",
              "there is nothing to put for {{" + place + "}}" + DidYouMean.to(place, PLACES));
        }
      }
    }
    return new Pulls(
        on(node.path("draft"), false),
        labels,
        !node.path("reviewers").asText("codeowners").equals("none"),
        template);
  }

  private Issues issues(JsonNode node) {
    return new Issues(
        text(node, "label"),
        text(node, "query"),
        text(node, "agent"),
        text(node, "kind"),
        on(node.path("close"), true));
  }

  private static boolean on(JsonNode node, boolean otherwise) {
    return node.isMissingNode() || node.isNull()
        ? otherwise
        : node.asText().equals("on") || node.asText().equals("true");
  }

  private static @Nullable String text(JsonNode node, String key) {
    String text = node.path(key).asText("").strip();
    return text.isEmpty() ? null : text;
  }

  private Duration time(JsonNode node, String key, Duration otherwise) {
    if (!node.hasNonNull(key)) {
      return otherwise;
    }
    var time = Durations.parse(node.get(key).asText());
    if (time.isEmpty()) {
      wrong(key, "\"" + node.get(key).asText() + "\" is no time; write " + Durations.EXAMPLES);
    }
    return time.orElse(otherwise);
  }

  private void wrong(String key, String text) {
    source.wrong(AT + "/" + key, text);
  }
}
