/**
 * Looks at what a difference means to others, before anybody reads it: what it breaks, which files
 * change again and again, whose they are.
 */
@NullMarked
package dev.hivedeck.engine.git.survey;

import org.jspecify.annotations.NullMarked;
