package dev.hivedeck.engine.config.health;

import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import java.util.List;
import java.util.Set;

/**
 * What the health of a change is made of.
 *
 * @param blocking kinds that keep a change from main, where they only warn else
 * @param cost dollars that all attempts at a task should not go beyond; 0 for no limit
 * @param contracts patterns of files that others rely on
 * @param migrations patterns of files that a database goes through one after another
 * @param description sections that the description of a change is to have
 * @param owners whether those whom CODEOWNERS names are told
 */
public record HealthConfig(
    HealthWeights weights,
    Set<ObstacleKind> blocking,
    double cost,
    List<String> contracts,
    List<String> migrations,
    List<DescriptionSection> description,
    boolean owners) {
  public static final HealthConfig STANDARD =
      new HealthConfig(
          HealthWeights.STANDARD,
          Set.of(),
          0,
          List.of(
              "*.proto",
              "openapi.yaml",
              "openapi.yml",
              "openapi.json",
              "swagger.yaml",
              "swagger.json",
              "*.openapi.yaml",
              "*.openapi.json",
              "*.schema.json"),
          List.of("migrations/", "migration/", "db/migrate/"),
          List.of(),
          false);

  /** Kinds that block until they are cleared: where that is configured, and a canary always. */
  public static final Set<ObstacleKind> MAY_BLOCK =
      Set.of(
          ObstacleKind.UNCHECKED,
          ObstacleKind.TESTS,
          ObstacleKind.DEPENDENCIES,
          ObstacleKind.OWNERS,
          ObstacleKind.CONTRACT,
          ObstacleKind.MIGRATION,
          ObstacleKind.HOT,
          ObstacleKind.FLAKY,
          ObstacleKind.DESCRIPTION,
          ObstacleKind.CANARY,
          ObstacleKind.COST);

  public HealthConfig {
    weights = weights == null ? HealthWeights.STANDARD : weights;
    blocking = blocking == null ? Set.of() : Set.copyOf(blocking);
    contracts = contracts == null ? List.of() : List.copyOf(contracts);
    migrations = migrations == null ? List.of() : List.copyOf(migrations);
    description = description == null ? List.of() : List.copyOf(description);
  }
}
