package dev.hivedeck.engine.change.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is to blame, whichever change it is and however gates fail by chance. */
class BlameTest {
  private static final String GATE = "tests";

  private final List<String> asked = new ArrayList<>();

  private static GateResult result(boolean passes) {
    return new GateResult(
        GATE, "merge", passes ? Outcome.PASSED : Outcome.FAILED, "", List.of(), 1);
  }

  /** What the first so many come to, however often they are judged. */
  private interface Truth {
    boolean passes(int first);
  }

  private Judgement judge(int changes, Truth truth) throws InterruptedException {
    return judge(changes, Set.of(), (_, first) -> List.of(result(truth.passes(first))));
  }

  private Judgement judge(int changes, Set<String> flaky, Blame.Gates gates)
      throws InterruptedException {
    asked.clear();
    return new Blame(
            (kind, first) -> {
              asked.add(kind.word() + " " + first);
              return gates.run(kind, first);
            },
            flaky,
            Set.of(GATE))
        .judge(changes);
  }

  @Test
  void theOneThatMakesThemFailIsFoundInFewRuns() throws Exception {
    for (int changes = 1; changes <= 16; changes++) {
      for (int culprit = 1; culprit <= changes; culprit++) {
        int bad = culprit;
        var judgement = judge(changes, first -> first < bad);
        assertThat(judgement)
            .isInstanceOfSatisfying(
                Judgement.Blamed.class, blamed -> assertThat(blamed.place()).isEqualTo(bad));
        assertThat(judgement.passing()).isEqualTo(culprit - 1);
        // All, main, all once more, and each half twice at most.
        int halves = 32 - Integer.numberOfLeadingZeros(changes - 1);
        assertThat(asked).hasSizeLessThanOrEqualTo(3 + 2 * halves);
        assertThat(asked.subList(0, 2)).containsExactly("whole " + changes, "base 0");
      }
    }
  }

  /** Also where one mends what another broke, or two break it only together. */
  @Test
  void whoIsBlamedFailsOnTopOfWhatPasses() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      int changes = 1 + random.nextInt(12);
      var passes = new boolean[changes + 1];
      for (int first = 1; first < changes; first++) {
        passes[first] = random.nextBoolean();
      }
      passes[0] = true;
      var judgement = judge(changes, first -> passes[first]);
      assertThat(judgement).as("seed %d", seed).isInstanceOf(Judgement.Blamed.class);
      int place = ((Judgement.Blamed) judgement).place();
      assertThat(passes[place]).as("seed %d, #%d", seed, place).isFalse();
      assertThat(passes[place - 1]).as("seed %d, before #%d", seed, place).isTrue();
    }
  }

  @Test
  void whereMainFailsNobodyIsToBlame() throws Exception {
    assertThat(judge(4, first -> false)).isInstanceOf(Judgement.MainFails.class);
    assertThat(asked).containsExactly("whole 4", "base 0");
  }

  @Test
  void aGateThatFailsByChanceBlamesNobodyWhereverItDoes() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      int changes = 1 + random.nextInt(8);
      int culprit = 1 + random.nextInt(2 * changes); // often there is none
      var failed = new HashSet<Integer>();
      var judgement =
          judge(
              changes,
              Set.of(),
              (kind, first) -> {
                // Once on each commit, when it is judged for the first time.
                boolean chance =
                    kind != RunKind.BASE && random.nextInt(3) == 0 && failed.add(first);
                return List.of(result(!chance && first < culprit));
              });
      if (culprit > changes) {
        assertThat(judgement).as("seed %d", seed).isInstanceOf(Judgement.Passed.class);
        assertThat(judgement.passing()).as("seed %d", seed).isEqualTo(changes);
        assertThat(((Judgement.Passed) judgement).flakes())
            .as("seed %d", seed)
            .isEqualTo(asked.size() > 1 ? Set.of(GATE) : Set.of());
      } else {
        assertThat(judgement)
            .as("seed %d", seed)
            .isInstanceOfSatisfying(
                Judgement.Blamed.class,
                blamed -> assertThat(blamed.place()).as("seed %d", seed).isEqualTo(culprit));
      }
    }
  }

  @Test
  void whatIsKnownToFailByChanceIsRunMoreOftenAndEvictsNobodyAsItIs() throws Exception {
    var runs = new int[1];
    var judgement =
        judge(1, Set.of(GATE), (kind, first) -> List.of(result(first == 0 || ++runs[0] == 3)));
    assertThat(judgement).isInstanceOf(Judgement.Passed.class);
    assertThat(judge(1, Set.of(GATE), (_, first) -> List.of(result(first == 0))))
        .isInstanceOfSatisfying(
            Judgement.Blamed.class, blamed -> assertThat(blamed.flaky()).isTrue());
  }

  @Test
  void aFailureByChanceIsToldOfTheCommitOnWhichItFailed() throws Exception {
    var told = new ArrayList<String>();
    var failed = new HashSet<Integer>();
    var gates =
        new Blame.Gates() {
          @Override
          public List<GateResult> run(RunKind kind, int first) {
            boolean chance = (first == 4 || first == 2) && failed.add(first);
            return List.of(result(!chance && first < 4));
          }

          @Override
          public void byChance(int first, Set<String> flakes) {
            told.add(first + " " + flakes);
          }
        };
    assertThat(new Blame(gates, Set.of(), Set.of(GATE)).judge(4).passing()).isEqualTo(3);
    assertThat(told).containsExactly("2 [" + GATE + "]");
  }

  @Test
  void whatABuiltInGateSaysOfOneIsNotAskedTwice() throws Exception {
    var judgement =
        new Blame((_, _) -> List.of(result(false)), Set.of(), Set.of("another")).judge(1);
    assertThat(judgement).isInstanceOf(Judgement.Blamed.class);
  }
}
