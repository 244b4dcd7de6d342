package dev.hivedeck.engine.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.QueueConfig;
import dev.hivedeck.engine.process.MachineCapacity;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who is let to work: by what the machine has left, and by what became of those before. */
class AdmissionControlTest {
  private static final HiveConfig CONFIG =
      HiveConfig.parse(
          "hive.yaml",
          """
          version: 1
          queue: { memory: 1GB, load: 4 }
          agents:
            ann: { driver: command, run: work }
            bob: { driver: command, run: work }
          """);
  private static final QueueConfig QUEUE = CONFIG.queue();

  private static MachineCapacity gigabytes(double free, double load) {
    return new MachineCapacity((long) (free * 1e9), load);
  }

  @Test
  void asManyBeginAsMemoryHolds() {
    assertThat(AdmissionControl.of(gigabytes(64, 1), QUEUE, 8, 0).room()).isEqualTo(8);
    assertThat(AdmissionControl.of(gigabytes(64, 1), QUEUE, 8, 0).held()).isNull();
    var few = AdmissionControl.of(gigabytes(2.7, 1), QUEUE, 8, 3);
    assertThat(few.room()).isEqualTo(3);
    assertThat(few.held()).contains("2.5 GB").contains("512 MB");
    assertThat(AdmissionControl.of(gigabytes(1.2, 1), QUEUE, 8, 3).room()).isZero();
  }

  @Test
  void aBusyMachineTakesNoMoreAndOneMayAlwaysWork() {
    var busy = AdmissionControl.of(gigabytes(64, 4.5), QUEUE, 8, 2);
    assertThat(busy.room()).isZero();
    assertThat(busy.held()).contains("4.5").contains("4.0");
    assertThat(AdmissionControl.of(gigabytes(0.1, 9), QUEUE, 8, 0).room()).isEqualTo(1);
  }

  @Test
  void theMachineTellsWhatItHas() {
    assertThat(MachineCapacity.now().memory()).isPositive();
    assertThat(MachineCapacity.now().load()).isNotNegative();
  }

  @Test
  void whatCannotBeRunThreeTimesRestsAndIsThenTriedOnce() throws Exception {
    var time = new VirtualTime();
    var circuitBreakers = new CircuitBreakers(time.clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    var missing = new RunResult(false, FailureReason.NOT_FOUND, "ann-cli is not installed.");
    for (int i = 0; i < 3; i++) {
      assertThat(circuitBreakers.closed(ann)).isTrue();
      run(circuitBreakers, ann, missing);
    }
    assertThat(circuitBreakers.closed(ann)).isFalse();
    assertThat(circuitBreakers.closed(CONFIG.agents().get("bob"))).isTrue();
    assertThat(circuitBreakers.open())
        .singleElement()
        .asString()
        .contains("ann-cli is not installed.");

    time.advance(CircuitBreakers.WAIT.minusSeconds(1));
    assertThat(circuitBreakers.closed(ann)).isFalse();
    time.advance(Duration.ofSeconds(2));
    assertThat(circuitBreakers.closed(ann)).isTrue();
    circuitBreakers.run(
        ann,
        (request, listener) -> {
          assertThat(circuitBreakers.closed(ann)).as("one to see").isFalse();
          return missing;
        },
        null,
        null);
    assertThat(circuitBreakers.closed(ann)).isFalse();

    time.advance(CircuitBreakers.WAIT.plusSeconds(1));
    run(circuitBreakers, ann, new RunResult(true, null, null));
    assertThat(circuitBreakers.closed(ann)).isTrue();
    assertThat(circuitBreakers.open()).isEmpty();
  }

  /** A trial that was stopped shows nothing: the next one is let through. */
  @Test
  void aTrialThatIsStoppedDoesNotKeepItAtRest() throws Exception {
    var time = new VirtualTime();
    var circuitBreakers = new CircuitBreakers(time.clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    for (int i = 0; i < 3; i++) {
      run(
          circuitBreakers,
          ann,
          new RunResult(false, FailureReason.NOT_FOUND, "ann-cli is not installed."));
    }
    time.advance(CircuitBreakers.WAIT.plusSeconds(1));
    assertThatThrownBy(
            () ->
                circuitBreakers.run(
                    ann,
                    (request, listener) -> {
                      throw new InterruptedException();
                    },
                    null,
                    null))
        .isInstanceOf(InterruptedException.class);
    assertThat(circuitBreakers.closed(ann)).isTrue();
    run(circuitBreakers, ann, new RunResult(true, null, null));
    assertThat(circuitBreakers.closed(ann)).isTrue();
  }

  private static void run(CircuitBreakers circuitBreakers, AgentSpec agent, RunResult result)
      throws InterruptedException {
    circuitBreakers.run(agent, (request, listener) -> result, null, null);
  }

  @Test
  void whatATaskMakesFailSaysNothingAboutTheProgram() throws Exception {
    var circuitBreakers = new CircuitBreakers(new VirtualTime().clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    for (int i = 0; i < 20; i++) {
      run(circuitBreakers, ann, new RunResult(false, FailureReason.EXIT, "It could not do it."));
    }
    assertThat(circuitBreakers.closed(ann)).isTrue();
  }

  private static void outside(CircuitBreakers circuitBreakers, ErrorCode code) {
    try {
      circuitBreakers.outside(
          () -> {
            if (code != null) {
              throw new HiveException(code, "The disk is full.", "Free some space.");
            }
            return null;
          });
    } catch (HiveException e) {
      assertThat(e.code()).isEqualTo(code.word());
      if (e.outage()) {
        circuitBreakers.failed(e); // as who looked and found that it concerns all
      } else {
        circuitBreakers.served();
      }
    }
  }

  @Test
  void whenGitOrTheDiskFailsThreeTimesNothingIsBegunAndThenOneToSee() {
    var time = new VirtualTime();
    var circuitBreakers = new CircuitBreakers(time.clock(), 1);
    for (int i = 0; i < 3; i++) {
      outside(circuitBreakers, ErrorCode.BRANCH_IN_USE); // that is the matter of one task
      outside(circuitBreakers, ErrorCode.DISK_FULL);
      assertThat(circuitBreakers.admit(4)).isEqualTo(4);
    }
    outside(circuitBreakers, ErrorCode.DISK_FULL);
    outside(circuitBreakers, ErrorCode.DISK_FULL);
    assertThat(circuitBreakers.admit(4)).isZero();
    assertThat(circuitBreakers.open())
        .singleElement()
        .asString()
        .contains("full", "Free some space.");

    time.advance(CircuitBreakers.WAIT.plusSeconds(1));
    assertThat(circuitBreakers.admit(4)).isEqualTo(1);
    outside(circuitBreakers, ErrorCode.DISK_FULL);
    assertThat(circuitBreakers.admit(4)).isZero();

    time.advance(CircuitBreakers.WAIT.plusSeconds(1));
    outside(circuitBreakers, null);
    assertThat(circuitBreakers.admit(4)).isEqualTo(4);
    assertThat(circuitBreakers.open()).isEmpty();
  }

  @Test
  void aClockThatIsSetBackKeepsNothingAtRest() throws Exception {
    var time = new VirtualTime();
    var circuitBreakers = new CircuitBreakers(time.clock(), 1);
    AgentSpec ann = CONFIG.agents().get("ann");
    for (int i = 0; i < 3; i++) {
      run(
          circuitBreakers,
          ann,
          new RunResult(false, FailureReason.NOT_FOUND, "ann-cli is not installed."));
    }
    time.advance(Duration.ofHours(-3));
    assertThat(circuitBreakers.closed(ann)).isTrue();
    run(circuitBreakers, ann, new RunResult(true, null, null));
    assertThat(circuitBreakers.open()).isEmpty();
  }
}
