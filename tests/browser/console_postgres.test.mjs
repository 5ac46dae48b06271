// The same walk through the console, on PostgreSQL.
process.env.COLLOQUY_WALK_ON = 'postgres';
await import('./console.test.mjs');
