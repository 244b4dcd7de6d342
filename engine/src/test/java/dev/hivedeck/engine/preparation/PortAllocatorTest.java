package dev.hivedeck.engine.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ports are handed out to one at a time, and none that is in use. */
class PortAllocatorTest {
  private final long seed = new Random().nextLong();
  private final PortAllocator ports = new PortAllocator(new Random(seed));

  @Test
  void blocksFollowEachOtherAndShareNothing() {
    var all = new HashSet<Integer>();
    for (int i = 0; i < 20; i++) {
      var block = ports.take(5);
      assertThat(block).as("seed %d", seed).hasSize(5);
      assertThat(block.getLast() - block.getFirst()).isEqualTo(4);
      assertThat(all.addAll(block)).isTrue();
    }
    assertThat(all).hasSize(100);
  }

  @Test
  void onesThatWereGivenBackAreNotHandedOnAtOnce() {
    var block = ports.take(3);
    ports.giveBack(block);
    assertThat(ports.take(3)).as("seed %d", seed).doesNotContainAnyElementsOf(block);
  }

  @Test
  void onesWhereSomebodyListensAreLeftOut() throws Exception {
    var first = ports.take(1).getFirst();
    for (var address :
        List.of(InetAddress.getLoopbackAddress(), InetAddress.getByName("0.0.0.0"))) {
      try (var busy = new ServerSocket()) {
        int port = Math.min(31_990, first + 2);
        busy.bind(new InetSocketAddress(address, port));
        var fresh = new PortAllocator(new Random(seed));
        assertThat(fresh.take(1)).containsExactly(first);
        assertThat(fresh.take(4)).as("seed %d", seed).hasSize(4).doesNotContain(port);
      }
    }
  }

  @Test
  void moreThanThereAreAreNone() {
    assertThat(ports.take(20_000)).isEmpty();
    assertThat(ports.take(0)).isEmpty();
  }
}
