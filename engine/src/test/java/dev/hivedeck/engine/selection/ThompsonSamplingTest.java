package dev.hivedeck.engine.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.selection.ThompsonSampling.Boundary;
import dev.hivedeck.engine.selection.ThompsonSampling.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets a task that several could do. */
class ThompsonSamplingTest {
  private static final int SEEDS = 400;
  private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

  /** Agents as they really are, and what choosing among them brings. */
  private static final class Days {
    private final Random random;
    private final Map<String, Double> quality;
    private final Map<String, TrackRecord> known = new HashMap<>();
    private final List<String> chosen = new ArrayList<>();
    private long round;

    Days(long seed, Map<String, Double> quality) {
      this.random = new Random(seed);
      this.quality = new HashMap<>(quality);
    }

    /** Gives out that many tasks, ten minutes apart; answers the chance that each succeeded by. */
    List<Double> tasks(int count) {
      var chances = new ArrayList<Double>();
      for (int i = 0; i < count; i++) {
        Instant now = NOW.plus(Duration.ofMinutes(10 * round));
        var peers = Evidence.NONE;
        var candidates = new ArrayList<Candidate>();
        for (String agent : quality.keySet().stream().sorted().toList()) {
          var here = known.getOrDefault(agent, TrackRecord.NONE).evidence().asOf(round, now);
          peers = peers.plus(here);
          candidates.add(new Candidate(agent, Boundary.FREE, here, Evidence.NONE));
        }
        String agent = ThompsonSampling.of(candidates, peers, random).chosen().agent();
        chosen.add(agent);
        chances.add(quality.get(agent));
        boolean passed = random.nextDouble() < quality.get(agent);
        round++;
        var before = known.getOrDefault(agent, TrackRecord.NONE);
        known.put(agent, before.with(passed, Duration.ofMinutes(3), 0.1, round, now));
      }
      return chances;
    }
  }

  private interface Life {
    List<Double> live(Days days);
  }

  /** The mean chance of success by task, over many seeds. */
  private static double[] mean(Map<String, Double> quality, int tasks, Life life) {
    var sum = new double[tasks];
    for (long seed = 0; seed < SEEDS; seed++) {
      var chances = life.live(new Days(seed, quality));
      for (int i = 0; i < tasks; i++) {
        sum[i] += chances.get(i) / SEEDS;
      }
    }
    return sum;
  }

  private static double mean(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum / (to - from);
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0.6, 0.3", "0.95, 0.5, 0.2", "0.8, 0.5, 0.4"})
  void within60TasksItReachesNineTenthsOfTheBestAgentsSuccess(double a, double b, double c) {
    var chances = mean(Map.of("ann", b, "bob", a, "cleo", c), 200, days -> days.tasks(200));
    assertThat(mean(chances, 40, 60))
        .as("seeds 0 to %d, tasks 41 to 60", SEEDS)
        .isGreaterThan(0.9 * a);
    assertThat(mean(chances, 100, 200)).as("and stays there").isGreaterThan(0.9 * a);
    assertThat(mean(chances, 0, 5)).as("knowing nothing, it does not").isLessThan(0.9 * a);
  }

  @Test
  void whenTheBestAgentGetsWorseAnotherTakesItsPlace() {
    var agents = Map.of("ann", 0.9, "bob", 0.6, "cleo", 0.3);
    var chances =
        mean(
            agents,
            160,
            days -> {
              var all = new ArrayList<>(days.tasks(100));
              days.quality.put("ann", 0.1);
              all.addAll(days.tasks(60));
              return all;
            });
    assertThat(mean(chances, 100, 105)).as("at first it does not know").isLessThan(0.25);
    assertThat(mean(chances, 115, 125))
        .as("seeds 0 to %d, share of the new best, after 15 to 25 tasks", SEEDS)
        .isGreaterThan(0.8 * 0.6);
    assertThat(mean(chances, 140, 160)).as("and it stays so").isGreaterThan(0.85 * 0.6);
  }

  /** After how many attempts of a share an agent that is known for another is doubted. */
  private static int doubted(Random random, double known, double share, int most) {
    var record =
        new TrackRecord(evidence(20 * known, 20 * (1 - known), 60, 0), ChangeDetector.NONE);
    for (int i = 1; i <= most; i++) {
      boolean passed = random.nextDouble() < share;
      record = record.with(passed, Duration.ofMinutes(1), 0, 10 + i, NOW);
      if (!passed && record.doubt().equals(ChangeDetector.NONE)) { // a failure only ever adds to it
        return i;
      }
    }
    return most;
  }

  @Test
  void whoIsNoLongerWhoItWasIsSoonDoubtedAndWhoIsHardlyEver() {
    for (double share : new double[] {0.9, 0.7, 0.5}) {
      var random = new Random(5);
      double worse = 0;
      double same = 0;
      for (int i = 0; i < SEEDS; i++) {
        worse += doubted(random, share, share / 8, 100);
        same += doubted(random, share, share, 1_000) == 1_000 ? 0 : 1;
      }
      assertThat(worse / SEEDS).as("attempts until doubt, known for %s", share).isLessThan(15);
      assertThat(same / SEEDS).as("doubted within 1,000, known for %s", share).isLessThan(0.9);
    }
  }

  @Test
  void whatIsDoubtedIsKnownFromThenOnAsItIsSince() {
    var record = new TrackRecord(evidence(18, 2, 60, 0.1), ChangeDetector.NONE);
    int failures = 0;
    while (record.evidence().verified() > 1) {
      record = record.with(false, Duration.ofMinutes(1), 0.1, 10 + ++failures, NOW);
    }
    assertThat(failures).isBetween(3, 6);
    assertThat(record.evidence().failed()).isEqualTo(failures);
    assertThat(record.evidence().verified()).isZero();
    assertThat(record.evidence().seconds() / failures).as("means stay").isCloseTo(60, within(1e-9));
    assertThat(record.doubt()).isEqualTo(ChangeDetector.NONE);
  }

  private static Evidence evidence(double verified, double failed, double seconds, double cost) {
    double tries = verified + failed;
    return new Evidence(verified, failed, seconds * tries, cost * tries, 10, NOW);
  }

  private static Candidate free(String agent, Evidence here) {
    return new Candidate(agent, Boundary.FREE, here, Evidence.NONE);
  }

  /** How often each of them is chosen, of a thousand times. */
  private static Map<String, Integer> chosen(List<Candidate> candidates) {
    var peers = candidates.stream().map(Candidate::here).reduce(Evidence.NONE, Evidence::plus);
    var counts = new HashMap<String, Integer>();
    var random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      counts.merge(
          ThompsonSampling.of(candidates, peers, random).chosen().agent(), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void ofTwoEquallyGoodTheFasterAndTheCheaperIsChosenMoreOften() {
    var counts =
        chosen(
            List.of(
                free("slow", evidence(18, 2, 600, 0.10)),
                free("fast", evidence(18, 2, 120, 0.10))));
    assertThat(counts.get("fast")).isGreaterThan(850);
    counts =
        chosen(
            List.of(
                free("dear", evidence(18, 2, 300, 1.00)),
                free("cheap", evidence(18, 2, 300, 0.10))));
    assertThat(counts.get("cheap")).isGreaterThan(850);
  }

  @Test
  void whoFailsFastAndCheaplyIsNotPreferredForIt() {
    var counts =
        chosen(
            List.of(
                free("good", evidence(18, 2, 600, 0.50)), free("bad", evidence(4, 16, 5, 0.01))));
    assertThat(counts.get("good")).isGreaterThan(990);
  }

  @Test
  void whoOwnsThePathsIsChosenBeforeWhoeverIsBetter() {
    var owner = new Candidate("owner", Boundary.OWNS, evidence(5, 5, 60, 0), Evidence.NONE);
    var better = new Candidate("better", Boundary.FREE, evidence(50, 0, 60, 0), Evidence.NONE);
    var outside = new Candidate("outside", Boundary.OUTSIDE, evidence(50, 0, 6, 0), Evidence.NONE);
    assertThat(chosen(List.of(outside, better, owner))).containsOnlyKeys("owner");
    assertThat(chosen(List.of(outside, better))).containsOnlyKeys("better");
  }

  @Test
  void whatIsNotKnownYetIsPresumedFromOtherWorkThenFromPeers() {
    var good = new Candidate("good", Boundary.FREE, Evidence.NONE, evidence(40, 2, 60, 0));
    var bad = new Candidate("bad", Boundary.FREE, Evidence.NONE, evidence(2, 40, 60, 0));
    var counts = chosen(List.of(good, bad));
    assertThat(counts.get("good")).isGreaterThan(900);

    var peers = evidence(45, 5, 60, 0.2);
    var nobody = free("new", Evidence.NONE);
    var made = ThompsonSampling.of(List.of(nobody), peers, new Random(1));
    assertThat(made.expected().share()).isCloseTo(46.0 / 52, within(1e-9));
    assertThat(made.expected().seconds()).isCloseTo(60, within(1e-9));
    assertThat(made.expected().cost()).isCloseTo(0.2, within(1e-9));
  }

  @Test
  void whoIsTriedToLearnIsToldFromWhoIsBest() {
    var known = free("known", evidence(9, 1, 60, 0));
    var unknown = free("unknown", Evidence.NONE);
    var peers = known.here();
    var random = new Random(3);
    for (int i = 0; i < 200; i++) {
      var made = ThompsonSampling.of(List.of(known, unknown), peers, random);
      assertThat(made.best().agent()).isEqualTo("known");
      assertThat(made.learning()).isEqualTo(made.chosen().agent().equals("unknown"));
    }
  }

  @Test
  void evidenceCountsTheLessTheLongerAgoItWas() {
    var one = Evidence.NONE.with(true, Duration.ofMinutes(2), 0.5, 1, NOW);
    assertThat(one.asOf(1, NOW)).isEqualTo(one);
    assertThat(one.asOf(11, NOW).tries()).isCloseTo(Math.pow(Evidence.KEPT, 10), within(1e-9));
    assertThat(one.asOf(1, NOW.plus(Evidence.HALF_LIFE)).tries()).isCloseTo(0.5, within(1e-9));
    var later = one.asOf(30, NOW.plus(Duration.ofDays(5)));
    assertThat(later.seconds() / later.tries()).as("means stay").isCloseTo(120, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0.5", "1, 1", "2, 5", "40, 3", "0.02, 2"})
  void drawsHaveTheMeanAndTheVarianceOfBeta(double a, double b) {
    var random = new Random(11);
    int n = 100_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double x = ThompsonSampling.beta(a, b, random);
      assertThat(x).isBetween(0.0, 1.0);
      sum += x;
      squares += x * x;
    }
    double mean = sum / n;
    assertThat(mean).isCloseTo(a / (a + b), within(0.005));
    assertThat(squares / n - mean * mean)
        .isCloseTo(a * b / ((a + b) * (a + b) * (a + b + 1)), within(0.005));
  }
}
