/**
 * A workspace as a whole: its configuration in force, what is seen of its git and files while an
 * engine works, and the areas that steer it. It decides about no single task or change.
 */
package dev.hivedeck.engine.workspace;
