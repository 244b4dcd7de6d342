package dev.hivedeck.engine.preparation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Hands out ports of this machine, a block at a time, each to one at a time. A port that somebody
 * listens at is none of them, and one that was given back is not handed on at once.
 */
public final class PortAllocator {
  /** Below those that systems give to outgoing connections. */
  private static final int FIRST = 20_000;

  private static final int END = 32_000;

  private final Set<Integer> taken = new HashSet<>();
  private int next;

  /**
   * @param random where it begins, so that two engines seldom try the same
   */
  public PortAllocator(RandomGenerator random) {
    this.next = FIRST + random.nextInt(END - FIRST);
  }

  /**
   * Ports that follow each other.
   *
   * @return fewer than wanted, none, where so many are not free
   */
  public synchronized List<Integer> take(int count) {
    if (count < 1 || count > END - FIRST) {
      return List.of();
    }
    for (int tried = 0; tried < END - FIRST; ) {
      if (next + count > END) {
        tried += END - next;
        next = FIRST;
      }
      int used = used(count);
      if (used < 0) {
        var block = IntStream.range(next, next + count).boxed().toList();
        taken.addAll(block);
        next += count;
        return block;
      }
      tried += used + 1;
      next += used + 1;
    }
    return List.of();
  }

  public synchronized void giveBack(List<Integer> ports) {
    taken.removeAll(ports);
  }

  /** The place in the next block of one that is not free; -1 where all are. */
  private int used(int count) {
    for (int i = count - 1; i >= 0; i--) {
      if (taken.contains(next + i) || !isFree(next + i)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether nobody listens there, at this machine's own address or at all of them. */
  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(false);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
