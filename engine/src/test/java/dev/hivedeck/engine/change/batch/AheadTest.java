package dev.hivedeck.engine.change.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.change.batch.Ahead.Made;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.time.VirtualTime;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was judged ahead counts only where gates would say the same of the same now. */
@Timeout(60)
class AheadTest {
  private static final Made FIRST = new Made("c1", "t1", "gates");
  private static final Made SECOND = new Made("c2", "t2", "gates");

  private final VirtualTime time = new VirtualTime();
  private final Ahead ahead = new Ahead(time);
  private final CountDownLatch judged = new CountDownLatch(1);

  @AfterEach
  void close() {
    ahead.close();
  }

  private static List<GateResult> said(Outcome outcome) {
    return List.of(new GateResult("whole", "merge", outcome, "", List.of(), 1));
  }

  /** What gates say of the second change, where its gates are these. */
  private Ahead.Next next(Supplier<Object> rules, Ahead.Asked gates) {
    return new Ahead.Next() {
      @Override
      public Made make(String onto) {
        return new Made(SECOND.commit(), SECOND.tree(), rules.get());
      }

      @Override
      public Object rules() {
        return rules.get();
      }

      @Override
      public List<GateResult> judge(String onto, Made made) throws InterruptedException {
        try {
          return gates.judge();
        } finally {
          judged.countDown();
        }
      }
    };
  }

  private void firstPasses(Ahead.Next then) throws InterruptedException {
    ahead.following(then);
    ahead.judge("c0", FIRST, () -> said(Outcome.PASSED));
  }

  private boolean isKnown(Made made) throws InterruptedException {
    return ahead.judge("c1", made, () -> said(Outcome.PASSED)).ahead();
  }

  @Test
  void whatWasJudgedAheadIsNotJudgedOnceMoreAndSaysSo() throws Exception {
    firstPasses(next(() -> "gates", () -> said(Outcome.PASSED)));
    var second = ahead.judge("c1", SECOND, () -> said(Outcome.FAILED));
    assertThat(second.ahead()).isTrue();
    assertThat(second.told().getFirst().summary())
        .isEqualTo("judged while gates ran on what went before it");
  }

  @Test
  void whereOtherGatesAreInForceTheyAreAsked() throws Exception {
    firstPasses(next(() -> "gates", () -> said(Outcome.PASSED)));
    assertThat(isKnown(new Made("c2", "t2", "gates and one more"))).isFalse();
  }

  @Test
  void whereOtherGatesCameIntoForceWhileTheyRanTheyAreAsked() throws Exception {
    var asked = new AtomicInteger();
    firstPasses(next(asked::incrementAndGet, () -> said(Outcome.PASSED)));
    assertThat(isKnown(new Made("c2", "t2", 1))).isFalse();
  }

  @Test
  void whatWasFoundLongAgoIsThrownAway() throws Exception {
    firstPasses(next(() -> "gates", () -> said(Outcome.PASSED)));
    assertThat(ahead.ended()).isTrue();
    time.advance(Ahead.KEPT);
    assertThat(isKnown(SECOND)).isFalse();
  }

  @Test
  void whatWasFoundBeforeAFreezeIsThrownAway() throws Exception {
    firstPasses(next(() -> "gates", () -> said(Outcome.PASSED)));
    ahead.forget();
    assertThat(isKnown(SECOND)).isFalse();
  }

  @Test
  void whereWhatGoesBeforeFailsWhatRunsAheadEnds() throws Exception {
    var begun = new CountDownLatch(1);
    ahead.following(next(() -> "gates", () -> forEver(begun)));
    ahead.judge(
        "c0",
        FIRST,
        () -> {
          begun.await();
          return said(Outcome.FAILED);
        });
    judged.await();
  }

  @Test
  void whatIsClosedBeginsNothingAndWaitsForWhatRan() throws Exception {
    var begun = new CountDownLatch(1);
    firstPasses(next(() -> "gates", () -> forEver(begun)));
    begun.await();
    ahead.close();
    assertThat(judged.getCount()).as("its gates ended").isZero();
    var asked = new AtomicInteger();
    firstPasses(next(asked::incrementAndGet, () -> said(Outcome.PASSED)));
    assertThat(isKnown(SECOND)).isFalse();
    assertThat(asked).as("begun after it was closed").hasValue(0);
  }

  private static List<GateResult> forEver(CountDownLatch begun) throws InterruptedException {
    begun.countDown();
    new CountDownLatch(1).await();
    return List.of();
  }
}
