package dev.hivedeck.ui.shell.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FuzzyMatcherTest {
  private static List<String> find(String query, String... texts) {
    return FuzzyMatcher.best(query, List.of(texts), t -> t, _ -> 0, 10, () -> false);
  }

  @Test
  void lettersInOrderAreEnough() {
    assertThat(find("obr", "t-102 outbox retry", "t-103 stream tools"))
        .containsExactly("t-102 outbox retry");
    assertThat(find("xyz", "t-102 outbox retry")).isEmpty();
  }

  @Test
  void theWholeWordAtTheStartComesFirst() {
    assertThat(find("cart", "t-1 discard the tart", "t-2 empty cart", "cart drawer"))
        .containsSubsequence("cart drawer", "t-2 empty cart");
    assertThat(find("t-12", "t-112 b", "t-12 a", "t-120 c")).first().isEqualTo("t-12 a");
  }

  @Test
  void nothingAskedShowsTheFirstByWeight() {
    var best =
        FuzzyMatcher.best(
            "", List.of("a", "b", "c"), t -> t, t -> t.equals("c") ? 5 : 0, 2, () -> false);
    assertThat(best).containsExactly("c", "a");
  }

  @Test
  void aHundredThousandAreFoundBeforeTheNextKeyIsPressed() {
    var all = IntStream.range(0, 100_000).mapToObj(i -> "t-" + i + " a task about orders").toList();
    find("warm up", "t-1");
    var busy = ManagementFactory.getThreadMXBean(); // what others do meanwhile does not count
    var start = busy.getCurrentThreadCpuTime();
    var best = FuzzyMatcher.best("t-99999", all, t -> t, _ -> 0, 60, () -> false);
    var millis = (busy.getCurrentThreadCpuTime() - start) / 1_000_000;
    assertThat(best.getFirst()).startsWith("t-99999 ");
    // The aim is 50 ms; a slow machine is not a failure.
    assertThat(millis).isLessThan(1_000);
  }
}
