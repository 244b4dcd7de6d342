/**
 * Has an agent look at a change before a person does. What it says is advice: it never holds a
 * change up, never decides, and what it leaves in its folder is thrown away.
 */
@NullMarked
package dev.hivedeck.engine.review;

import org.jspecify.annotations.NullMarked;
