package dev.hivedeck.engine.rollout.bucketing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets which version. */
class SplitTest {
  private static final String BASE = "stable";

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "user-" + i).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0, 00000000",
    "'', 1, 514e28b7",
    "'', ffffffff, 81f16f39",
    "ffffffff, 0, 76293b50",
    "21436587, 0, f55b516b",
    "21436587, 5082edee, 2362f9de",
    "214365, 0, 7e4a8634",
    "2143, 0, a0f7b07a",
    "21, 0, 72661cf4",
    "00000000, 0, 2362f9de",
    "000000, 0, 85f0b427",
    "0000, 0, 30f4c306",
    "00, 0, 514e28b7"
  })
  void theHashIsMurmur3OfBytes(String bytes, String seed, String hash) {
    assertThat(Murmur3.hash(HexFormat.of().parseHex(bytes), Integer.parseUnsignedInt(seed, 16)))
        .isEqualTo(Integer.parseUnsignedInt(hash, 16));
  }

  @ParameterizedTest
  @CsvSource({
    "aaaa, 5a97808a",
    "aaa, 283e0130",
    "aa, 5d211726",
    "a, 7fa09ea6",
    "abcd, f0478627",
    "abc, c84a62dd",
    "ab, 74875592",
    "'Hello, world!', 24884cba",
    "ππππππππ, d58063c1",
    "The quick brown fox jumps over the lazy dog, 2fa826cd"
  })
  void theHashIsMurmur3OfText(String text, String hash) {
    assertThat(Murmur3.hash(text.getBytes(StandardCharsets.UTF_8), 0x9747b28c))
        .isEqualTo(Integer.parseUnsignedInt(hash, 16));
  }

  @Test
  void theHashIsTakenAsUnsigned() {
    assertThat(Bucket.of(0)).isZero();
    assertThat(Bucket.of(0x7fffffff)).isEqualTo(49_999);
    assertThat(Bucket.of(0x80000000)).isEqualTo(50_000);
    assertThat(Bucket.of(0xffffffff)).isEqualTo(99_999);
  }

  @Test
  void nobodyAtZeroAndEverybodyAtAll() {
    var none = Split.of(BASE, Map.of("canary", 0));
    var all = Split.of(BASE, Map.of("canary", Bucket.COUNT));
    for (int bucket : List.of(0, 1, 49_999, 50_000, 99_998, 99_999)) {
      assertThat(none.at(bucket)).isEqualTo(BASE);
      assertThat(all.at(bucket)).isEqualTo("canary");
    }
    assertThat(none.versions()).containsExactly(BASE);
    assertThat(all.versions()).containsExactly("canary");
  }

  @Test
  void oneBucketIsNeitherNobodyNorEverybody() {
    var one = Split.of(BASE, Map.of("canary", 1));
    assertThat(one.at(0)).isEqualTo("canary");
    assertThat(one.at(1)).isEqualTo(BASE);
    var but = Split.of(BASE, Map.of("canary", Bucket.COUNT - 1));
    assertThat(but.at(Bucket.COUNT - 2)).isEqualTo("canary");
    assertThat(but.at(Bucket.COUNT - 1)).isEqualTo(BASE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 5_000, 20_000, 50_000, 99_000})
  void theShareOfKeysIsTheWeight(int weight) {
    var split = Split.of(BASE, Map.of("canary", weight));
    long canary = keys(100_000).stream().filter(k -> split.version(k).equals("canary")).count();
    assertThat(canary / 100_000.0).isCloseTo(weight / 100_000.0, within(0.005));
  }

  /** A flag that is on for a share of keys is on for those whom a split of that weight takes. */
  @Test
  void aKeyIsOnTheSameSideAsSplitAndAsFlag() {
    var traffic = Split.of(BASE, Map.of("canary", 20_000));
    var flag = Split.of("off", Map.of("on", 20_000));
    for (String key : keys(5_000)) {
      assertThat(flag.version(key).equals("on")).isEqualTo(traffic.version(key).equals("canary"));
      assertThat(flag.version(key).equals("on")).isEqualTo(Bucket.of(key) < 20_000);
    }
  }

  /** Whatever went before, and with however many versions. */
  @Test
  void aWeightThatGrowsMovesNobodyBackAndNobodyElse() {
    long seed = 17;
    var random = new Random(seed);
    var names = List.of("a", "b", "c", "d");
    var split = Split.all(BASE);
    var weights = new HashMap<String, Integer>();
    for (int step = 0; step < 300; step++) {
      String moved = names.get(random.nextInt(names.size()));
      int others =
          weights.values().stream().mapToInt(w -> w).sum() - weights.getOrDefault(moved, 0);
      int before = weights.getOrDefault(moved, 0);
      int after = random.nextInt(Bucket.COUNT - others + 1);
      weights.put(moved, after);
      var next = split.to(weights);
      for (int bucket = 0; bucket < Bucket.COUNT; bucket += 7) {
        String was = split.at(bucket);
        String is = next.at(bucket);
        if (!was.equals(is)) {
          assertThat(List.of(was, is))
              .as(
                  "seed %s, step %s, bucket %s: %s from %s to %s",
                  seed, step, bucket, moved, before, after)
              .isEqualTo(after > before ? List.of(BASE, moved) : List.of(moved, BASE));
        }
      }
      for (String name : names) {
        assertThat(next.weight(name)).isEqualTo(weights.getOrDefault(name, 0));
      }
      assertThat(Split.restored(BASE, next.parts()).parts()).isEqualTo(next.parts());
      split = next;
    }
  }

  @Test
  void whatIsNoSplitIsRefused() {
    var all = Split.all(BASE);
    assertThatThrownBy(() -> all.to(Map.of("a", 60_000, "b", 40_001)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> all.to(Map.of("a", Integer.MAX_VALUE, "b", Integer.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> all.to(Map.of("a", -1))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> all.to(Map.of(BASE, 1))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Split.restored(BASE, List.of(new Split.Part(BASE, 0, 99_999))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                Split.restored(
                    BASE,
                    List.of(new Split.Part("a", 0, 10), new Split.Part(BASE, 9, Bucket.COUNT))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
