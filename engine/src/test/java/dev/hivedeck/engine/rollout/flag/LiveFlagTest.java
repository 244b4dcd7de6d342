package dev.hivedeck.engine.rollout.flag;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has which variant of a flag while its weights change. */
class LiveFlagTest {
  private static final Map<String, JsonNode> VARIANTS =
      Map.of(
          "dark", TextNode.valueOf("#000"),
          "light", TextNode.valueOf("#fff"),
          "sepia", TextNode.valueOf("#f4ecd8"));

  private static FlagConfig config(String standard, Map<String, Integer> weights) {
    return new FlagConfig("theme", VARIANTS, standard, weights, "targetingKey", List.of());
  }

  /** Through engines that end, through files that are written anew, and through rollouts. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void weightsThatChangeMoveNobodyButThoseWhoHaveTo(long seed) {
    var random = new Random(seed);
    var flag = new LiveFlag();
    var before = flag.split(config("light", Map.of("dark", 10_000, "sepia", 5_000)));
    for (int change = 0; change < 12; change++) {
      if (random.nextBoolean()) {
        flag = new LiveFlag();
        flag.last(Split.restored(before.base(), before.parts()));
      }
      if (random.nextInt(4) == 0) {
        before = before.to(Map.of("dark", random.nextInt(Bucket.COUNT)));
        flag.rule(before);
        flag.rule(null);
      }
      int dark = random.nextInt(Bucket.COUNT);
      int sepia = random.nextInt(Bucket.COUNT - dark);
      var after = flag.split(config("light", Map.of("dark", dark, "sepia", sepia)));
      assertThat(after.weight("dark")).isEqualTo(dark);
      assertThat(after.weight("sepia")).isEqualTo(sepia);
      mustMoveFew(before, after, "seed " + seed + ", change " + change);
      before = after;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7})
  void anotherDefaultMovesNobodyButThoseWhoHaveTo(long seed) {
    int dark = new Random(seed).nextInt(Bucket.COUNT - 5_000);
    var flag = new LiveFlag();
    var before = flag.split(config("light", Map.of("dark", dark, "sepia", 5_000)));
    var after = flag.split(config("dark", Map.of("light", 95_000 - dark, "sepia", 5_000)));
    assertThat(after.base()).isEqualTo("dark");
    for (int bucket = 0; bucket < Bucket.COUNT; bucket++) {
      assertThat(after.at(bucket)).as("seed %s", seed).isEqualTo(before.at(bucket));
    }
  }

  /** Whoever moves has a variant that shrank, and gets one that grew, but for the default's. */
  private static void mustMoveFew(Split before, Split after, String where) {
    for (int bucket = 0; bucket < Bucket.COUNT; bucket++) {
      String had = before.at(bucket);
      String has = after.at(bucket);
      if (had.equals(has)) {
        continue;
      }
      if (!had.equals("light") && before.weight(had) <= after.weight(had)
          || !has.equals("light") && before.weight(has) >= after.weight(has)) {
        throw new AssertionError(where + ": bucket " + bucket + " went from " + had + " to " + has);
      }
    }
  }
}
