package dev.hivedeck.engine.config.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;

/** Reads {@code changes: { health: …, description: … }}. */
public final class HealthReader {
  private static final String AT = "/changes/health";

  private HealthReader() {}

  public static HealthConfig read(YamlSource source) {
    var node = source.root().path("changes").path("health");
    var points = new EnumMap<ObstacleKind, Integer>(ObstacleKind.class);
    node.path("weights")
        .properties()
        .forEach(e -> points.put(ObstacleKind.of(e.getKey()), e.getValue().asInt()));
    var blocking = EnumSet.noneOf(ObstacleKind.class);
    node.path("block").forEach(kind -> blocking.add(ObstacleKind.of(kind.asText())));
    var description = EnumSet.noneOf(DescriptionSection.class);
    source
        .root()
        .path("changes")
        .path("description")
        .forEach(section -> description.add(DescriptionSection.of(section.asText())));
    var usual = HealthConfig.STANDARD;
    return new HealthConfig(
        new HealthWeights(points),
        blocking,
        node.path("cost").asDouble(usual.cost()),
        patterns(source, node, "contracts", usual.contracts()),
        patterns(source, node, "migrations", usual.migrations()),
        List.copyOf(description),
        node.path("owners").asText("off").matches("on|true"));
  }

  private static List<String> patterns(
      YamlSource source, JsonNode node, String key, List<String> usual) {
    if (!node.has(key)) {
      return usual;
    }
    var patterns = new ArrayList<String>();
    for (var item : node.get(key)) {
      String pattern = item.asText();
      if (pattern.isBlank() || pattern.contains("\n") || pattern.contains("..")) {
        source.wrong(
            AT + "/" + key,
            "\"" + pattern.strip() + "\" is no pattern of files; write api/ or *.proto");
      }
      patterns.add(pattern);
    }
    return patterns;
  }
}
