--
-- PostgreSQL database dump
--

\restrict 5ZcQ0gk3bXoVfYw1AhT7

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

DROP DATABASE IF EXISTS app;
--
-- Name: app; Type: DATABASE; Schema: -; Owner: postgres
--

CREATE DATABASE app WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8';


ALTER DATABASE app OWNER TO postgres;

\unrestrict 5ZcQ0gk3bXoVfYw1AhT7
\connect app
\restrict 5ZcQ0gk3bXoVfYw1AhT7

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: auth; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA auth;


ALTER SCHEMA auth OWNER TO postgres;

--
-- Name: cognito; Type: SCHEMA; Schema: -; Owner: owner_of_it
--

CREATE SCHEMA cognito;


ALTER SCHEMA cognito OWNER TO owner_of_it;

--
-- Name: SCHEMA cognito; Type: COMMENT; Schema: -; Owner: owner_of_it
--

COMMENT ON SCHEMA cognito IS '@graphql({"inflect_names": true})';


--
-- Name: extensions; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA extensions;


ALTER SCHEMA extensions OWNER TO postgres;

--
-- Name: citext; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA extensions;


--
-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';


--
-- Name: postgres_fdw; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS postgres_fdw WITH SCHEMA public;


--
-- Name: EXTENSION postgres_fdw; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION postgres_fdw IS 'foreign-data wrapper for remote PostgreSQL servers';


--
-- Name: uuid-ossp; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA extensions;


--
-- Name: EXTENSION "uuid-ossp"; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION "uuid-ossp" IS 'generate universally unique identifiers (UUIDs)';


--
-- Name: email; Type: DOMAIN; Schema: cognito; Owner: postgres
--

CREATE DOMAIN cognito.email AS extensions.citext;


ALTER DOMAIN cognito.email OWNER TO postgres;

--
-- Name: plan; Type: TYPE; Schema: cognito; Owner: postgres
--

CREATE TYPE cognito.plan AS ENUM (
    'free',
    'pro'
);


ALTER TYPE cognito.plan OWNER TO postgres;

--
-- Name: cognito_fdw_handler(); Type: FUNCTION; Schema: extensions; Owner: postgres
--

CREATE FUNCTION extensions.cognito_fdw_handler() RETURNS fdw_handler
    LANGUAGE internal
    AS $$fdw_handler_in$$;


ALTER FUNCTION extensions.cognito_fdw_handler() OWNER TO postgres;

--
-- Name: cognito_fdw_validator(text[], oid); Type: FUNCTION; Schema: extensions; Owner: postgres
--

CREATE FUNCTION extensions.cognito_fdw_validator(text[], oid) RETURNS void
    LANGUAGE plpgsql
    AS $$begin end$$;


ALTER FUNCTION extensions.cognito_fdw_validator(text[], oid) OWNER TO postgres;

--
-- Name: one(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.one() RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN true THEN 1
             ELSE 2
         END AS "case";
END;


ALTER FUNCTION public.one() OWNER TO postgres;

--
-- Name: touch(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ begin new.title := new.title || ';'; return new; end $$;


ALTER FUNCTION public.touch() OWNER TO postgres;

--
-- Name: cognito_wrapper; Type: FOREIGN DATA WRAPPER; Schema: -; Owner: postgres
--

CREATE FOREIGN DATA WRAPPER cognito_wrapper HANDLER extensions.cognito_fdw_handler VALIDATOR extensions.cognito_fdw_validator;


ALTER FOREIGN DATA WRAPPER cognito_wrapper OWNER TO postgres;

--
-- Name: cognito_server; Type: SERVER; Schema: -; Owner: postgres
--

CREATE SERVER cognito_server FOREIGN DATA WRAPPER cognito_wrapper OPTIONS (
    api_key_id 'cognito_secret',
    aws_access_key_id 'AKIAIOSFODNN7EXAMPLE',
    region 'us-east-1',
    user_pool_id 'us-east-1_AbC'
);


ALTER SERVER cognito_server OWNER TO postgres;

--
-- Name: remote; Type: SERVER; Schema: -; Owner: postgres
--

CREATE SERVER remote FOREIGN DATA WRAPPER postgres_fdw OPTIONS (
    host 'localhost'
);


ALTER SERVER remote OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: users; Type: TABLE; Schema: auth; Owner: postgres
--

CREATE TABLE auth.users (
    id uuid NOT NULL,
    email text
);


ALTER TABLE auth.users OWNER TO postgres;

--
-- Name: users; Type: FOREIGN TABLE; Schema: cognito; Owner: owner_of_it
--

CREATE FOREIGN TABLE cognito.users (
    username text NOT NULL,
    email cognito.email,
    status text,
    enabled boolean,
    created_at timestamp without time zone,
    updated_at timestamp without time zone,
    attributes jsonb,
    plan cognito.plan,
    id uuid DEFAULT extensions.uuid_generate_v4()
)
SERVER cognito_server
OPTIONS (
    object 'users'
);
ALTER FOREIGN TABLE cognito.users ALTER COLUMN plan OPTIONS (
    attribute 'custom:plan'
);
ALTER FOREIGN TABLE cognito.users ALTER COLUMN id OPTIONS (
    attribute 'sub'
);


ALTER FOREIGN TABLE cognito.users OWNER TO owner_of_it;

--
-- Name: FOREIGN TABLE users; Type: COMMENT; Schema: cognito; Owner: owner_of_it
--

COMMENT ON FOREIGN TABLE cognito.users IS 'Who signs in; it''s "all" of them.
@graphql({"name": "CognitoUser"})';


--
-- Name: COLUMN users.email; Type: COMMENT; Schema: cognito; Owner: owner_of_it
--

COMMENT ON COLUMN cognito.users.email IS 'Where mail goes';


--
-- Name: active; Type: VIEW; Schema: cognito; Owner: postgres
--

CREATE VIEW cognito.active AS
 SELECT users.username,
    users.email
   FROM cognito.users
  WHERE users.enabled;


ALTER TABLE cognito.active OWNER TO postgres;

--
-- Name: todos; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.todos (
    id bigint NOT NULL,
    title text,
    owner uuid
);


ALTER TABLE public.todos OWNER TO postgres;

--
-- Name: counts; Type: MATERIALIZED VIEW; Schema: public; Owner: postgres
--

CREATE MATERIALIZED VIEW public.counts AS
 SELECT count(*) AS count
   FROM public.todos
  WITH NO DATA;


ALTER TABLE public.counts OWNER TO postgres;

--
-- Name: todos_id_seq; Type: SEQUENCE; Schema: public; Owner: postgres
--

ALTER TABLE public.todos ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.todos_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Data for Name: users; Type: TABLE DATA; Schema: auth; Owner: postgres
--

COPY auth.users (id, email) FROM stdin;
\.


--
-- Data for Name: todos; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.todos (id, title, owner) FROM stdin;
1	it's; $$	\N
2	tab\there	\N
\.


--
-- Name: todos_id_seq; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.todos_id_seq', 2, true);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: todos todos_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.todos
    ADD CONSTRAINT todos_pkey PRIMARY KEY (id);


--
-- Name: todos_title_idx; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX todos_title_idx ON public.todos USING btree (title);


--
-- Name: todos t; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER t BEFORE UPDATE ON public.todos FOR EACH ROW EXECUTE FUNCTION public.touch();


--
-- Name: todos todos_owner_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.todos
    ADD CONSTRAINT todos_owner_fkey FOREIGN KEY (owner) REFERENCES auth.users(id);


--
-- Name: todos p; Type: POLICY; Schema: public; Owner: postgres
--

CREATE POLICY p ON public.todos TO authenticated USING (true);


--
-- Name: todos; Type: ROW SECURITY; Schema: public; Owner: postgres
--

ALTER TABLE public.todos ENABLE ROW LEVEL SECURITY;

--
-- Name: supabase_realtime; Type: PUBLICATION; Schema: -; Owner: postgres
--

CREATE PUBLICATION supabase_realtime WITH (publish = 'insert, update, delete, truncate');


ALTER PUBLICATION supabase_realtime OWNER TO postgres;

--
-- Name: SCHEMA cognito; Type: ACL; Schema: -; Owner: owner_of_it
--

GRANT USAGE ON SCHEMA cognito TO anon;
GRANT USAGE ON SCHEMA cognito TO authenticated;


--
-- Name: TABLE users; Type: ACL; Schema: cognito; Owner: owner_of_it
--

GRANT SELECT ON TABLE cognito.users TO authenticated;


--
-- Name: COLUMN users.username; Type: ACL; Schema: cognito; Owner: owner_of_it
--

GRANT SELECT(username) ON TABLE cognito.users TO anon;


--
-- Name: COLUMN users.email; Type: ACL; Schema: cognito; Owner: owner_of_it
--

GRANT SELECT(email) ON TABLE cognito.users TO anon;


--
-- Name: TABLE todos; Type: ACL; Schema: public; Owner: postgres
--

GRANT ALL ON TABLE public.todos TO service_role;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: cognito; Owner: postgres
--

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA cognito GRANT SELECT ON TABLES  TO service_role;


--
-- Name: counts; Type: MATERIALIZED VIEW DATA; Schema: public; Owner: postgres
--

REFRESH MATERIALIZED VIEW public.counts;


--
-- PostgreSQL database dump complete
--

\unrestrict 5ZcQ0gk3bXoVfYw1AhT7

