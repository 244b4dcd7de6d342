package dev.hivedeck.engine.config.review;

import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import java.time.Duration;
import java.util.Map;

/** Reads {@code changes: { review: … }}. */
public final class ReviewReader {
  private static final String AT = "/changes/review";

  private ReviewReader() {}

  /**
   * @param agents that there are, by name
   */
  public static ReviewConfig read(YamlSource source, Map<String, AgentDriver> agents) {
    var node = source.root().path("changes").path("review");
    var usual = ReviewConfig.NONE;
    String name = node.path("agent").asText(usual.agent());
    var agent = name == null ? null : agents.get(name);
    if (name != null && agent == null) {
      source.wrong(
          AT + "/agent", name + " is no agent here" + DidYouMean.to(name, agents.keySet()));
    } else if (agent != null && agent == AgentDriver.PERSON) {
      source.wrong(AT + "/agent", name + " is a person, who reviews changes anyway; name an agent");
    }
    var timeout = usual.timeout();
    if (node.hasNonNull("timeout")) {
      String text = node.get("timeout").asText();
      timeout = Durations.parse(text).orElse(Duration.ZERO);
      if (!timeout.isPositive()) {
        source.wrong(
            AT + "/timeout", "\"" + text + "\" is no time at all; write " + Durations.EXAMPLES);
      }
    }
    return new ReviewConfig(
        name,
        timeout,
        node.path("instructions").asText(usual.instructions()),
        node.path("comments").asInt(usual.most()));
  }
}
