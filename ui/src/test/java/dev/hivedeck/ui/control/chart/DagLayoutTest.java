package dev.hivedeck.ui.control.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DagLayoutTest {
  @Test
  void everyEdgeGoesRightAndNoTwoNodesShareASpot() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      var nodes = new ArrayList<DagLayout.Node>();
      int size = 1 + random.nextInt(60);
      for (int i = 0; i < size; i++) {
        var needs = new HashSet<String>();
        for (int n = random.nextInt(4); n > 0 && i > 0; n--) {
          needs.add("T" + random.nextInt(i));
        }
        nodes.add(new DagLayout.Node("T" + i, List.copyOf(needs)));
      }
      var dagLayout = DagLayout.of(nodes);
      assertThat(dagLayout.spots()).as("seed %d", seed).hasSize(size);
      assertThat(new HashSet<>(dagLayout.spots().values())).as("seed %d", seed).hasSize(size);
      for (var node : nodes) {
        for (var need : node.needs()) {
          assertThat(dagLayout.spots().get(node.id()).column())
              .as("seed %d: %s needs %s", seed, node.id(), need)
              .isGreaterThan(dagLayout.spots().get(need).column());
        }
      }
    }
  }

  @Test
  void aNodeStandsRightAfterTheLastThatItNeeds() {
    var dagLayout =
        DagLayout.of(
            List.of(
                new DagLayout.Node("a", List.of()),
                new DagLayout.Node("b", List.of("a")),
                new DagLayout.Node("c", List.of("a", "b")),
                new DagLayout.Node("d", List.of("gone"))));
    assertThat(dagLayout.columns()).hasSize(3);
    assertThat(dagLayout.spots().get("c").column()).isEqualTo(2);
    assertThat(dagLayout.spots().get("d").column()).isZero();
  }

  @Test
  void linesThatNeedNotCrossDoNot() {
    var dagLayout =
        DagLayout.of(
            List.of(
                new DagLayout.Node("a1", List.of()),
                new DagLayout.Node("b1", List.of()),
                new DagLayout.Node("b2", List.of("b1")),
                new DagLayout.Node("a2", List.of("a1"))));
    boolean above = dagLayout.spots().get("a1").row() < dagLayout.spots().get("b1").row();
    assertThat(dagLayout.spots().get("a2").row() < dagLayout.spots().get("b2").row())
        .isEqualTo(above);
  }

  @Test
  void aCircleIsDrawnAndHarmsNothing() {
    var dagLayout =
        DagLayout.of(
            List.of(
                new DagLayout.Node("a", List.of("b")),
                new DagLayout.Node("b", List.of("a")),
                new DagLayout.Node("c", List.of("c"))));
    assertThat(dagLayout.spots()).containsOnlyKeys("a", "b", "c");
  }
}
