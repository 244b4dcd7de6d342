package dev.hivedeck.engine.config.health;

import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How much each kind of obstacle costs of a change's health.
 *
 * @param points of those that are not as usual, by their kind
 */
public record HealthWeights(Map<ObstacleKind, Integer> points) {
  public static final HealthWeights STANDARD = new HealthWeights(Map.of());

  /** No kind costs more than that. */
  public static final int MOST = 100;

  public HealthWeights {
    points =
        points == null
            ? Map.of()
            : points.entrySet().stream()
                .filter(e -> e.getValue() != usual(e.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What a kind costs at most where nothing is configured. */
  public static int usual(ObstacleKind kind) {
    return switch (kind) {
      case GATE, SIZE -> 25;
      case CONFLICT, RETURNED, CONTRACT, CANARY -> 15;
      case UNCHECKED, PULL, APPROVAL, TESTS, OWNERS, MIGRATION, COVERAGE -> 10;
      case ATTEMPTS -> 6;
      case BEHIND, DESCRIPTION, HOT, COMMENTS, COST -> 5;
      case DEPENDENCIES, FLAKY -> 3;
      case QUESTION -> 0;
    };
  }

  /**
   * What one costs.
   *
   * @param usually what it would cost by the usual weight
   */
  public int of(ObstacleKind kind, int usually) {
    Integer own = points.get(kind);
    int usual = usual(kind);
    if (own == null || own == usual) {
      return usually;
    }
    return usual == 0 ? own : Math.round((float) own * usually / usual);
  }
}
