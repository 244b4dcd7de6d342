package dev.hivedeck.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel would make of the filter, by its rules for such programs. */
class SystemCallFilterTest {

  @ParameterizedTest
  @CsvSource({
    "0xC000003E, 248",
    "0x40000003, 286",
    "0xC00000B7, 217",
    "0x40000028, 309",
    "0xC00000F3, 217",
    "0xC0000015, 269",
    "0x80000016, 278"
  })
  void theCallsOfKeysAreRefusedOnEachMachineAndNoOthers(String audit, int addKey) {
    int machine = (int) Long.decode(audit).longValue();
    for (int call = 0; call < 500; call++) {
      boolean keys = call >= addKey && call <= addKey + 2;
      assertThat(allowed(machine, call)).as("call %d", call).isEqualTo(!keys);
      assertThat(allowed(machine, call | 0x4000_0000)).as("x32, %d", call).isEqualTo(!keys);
    }
  }

  @ParameterizedTest
  @CsvSource({"0x12345678, 248", "0, 217"})
  void aMachineThatIsNotKnownIsLeftAlone(String audit, int call) {
    assertThat(allowed((int) Long.decode(audit).longValue(), call)).isTrue();
  }

  private static boolean allowed(int machine, int call) {
    var program = ByteBuffer.wrap(SystemCallFilter.program()).order(ByteOrder.nativeOrder());
    int held = 0;
    for (int at = 0; ; at++) {
      int code = program.getShort(at * 8);
      int value = program.getInt(at * 8 + 4);
      boolean so;
      switch (code) {
        case 0x20 -> {
          held = value == 4 ? machine : call;
          continue;
        }
        case 0x54 -> {
          held &= value;
          continue;
        }
        case 0x06 -> {
          return value == 0x7FFF_0000;
        }
        case 0x15 -> so = held == value;
        case 0x25 -> so = Integer.compareUnsigned(held, value) > 0;
        case 0x35 -> so = Integer.compareUnsigned(held, value) >= 0;
        default -> throw new IllegalStateException("code " + code);
      }
      at += program.get(at * 8 + (so ? 2 : 3));
    }
  }
}
