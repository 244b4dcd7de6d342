/** Feature flags: who gets which variant, what was reported of each, and the kill switch. */
@NullMarked
package dev.hivedeck.engine.rollout.flag;

import org.jspecify.annotations.NullMarked;
